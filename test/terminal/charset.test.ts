import t from "tap";
import { otherCharset } from "../../src/terminal/charset.js";

t.test("only a locale that names another character set counts, and the first one that is set", async (t) => {
  for (const env of [
    {},
    { LANG: "" },
    { LANG: "C" },
    { LC_ALL: "POSIX" },
    { LANG: "C.UTF-8" },
    { LANG: "de_DE.utf8" },
    { LANG: "de_DE.UTF-8@euro" },
    { LANG: "de_DE" },
    { LC_ALL: "C.UTF-8", LANG: "de_DE.ISO-8859-1" },
    { LC_CTYPE: "en_GB.UTF-8", LANG: "de_DE.ISO-8859-1" },
  ]) {
    t.equal(otherCharset(env), null, JSON.stringify(env));
  }
  t.equal(otherCharset({ LANG: "de_DE.ISO-8859-1" }), "ISO-8859-1");
  t.equal(otherCharset({ LC_ALL: "ja_JP.eucJP", LANG: "C.UTF-8" }), "eucJP");
  t.equal(otherCharset({ LC_ALL: "", LC_CTYPE: "ru_RU.KOI8-R" }), "KOI8-R");
});
