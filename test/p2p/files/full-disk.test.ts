import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";

const MOUNTS = {
  skip:
    process.platform !== "linux" || spawnSync("unshare", ["-m", "true"]).status !== 0
      ? "needs mounts of its own: run as root, with util-linux's unshare"
      : false,
};
const MIB = 2 ** 20;
const child = fileURLToPath(new URL("../../helpers/full-disk-child.js", import.meta.url));

t.test("A63: a full disk pauses a download, messages keep their room, and with space it goes on", MOUNTS, async (t) => {
  const folder = t.testdir({ disk: {}, elsewhere: {} });
  const disk = join(folder, "disk");
  const { stdout, stderr, status } = spawnSync(
    "unshare",
    [
      ...["-m", "--propagation", "private", "sh", "-ec"],
      `mount -t tmpfs -o size=150m,mode=700 none "$0"; exec "$@"`,
      ...[disk, process.execPath, child, disk, join(folder, "elsewhere")],
    ],
    { encoding: "utf8", timeout: 50_000 },
  );
  t.equal(status, 0, stderr);
  const { reserve, noReserve, file, folder: tree } = JSON.parse(stdout);

  t.ok(reserve.missing > 0 && reserve.freeWhenFull >= 64 * MIB, `${reserve.freeWhenFull} bytes were left`);
  t.ok(reserve.freeWhenFull < 90 * MIB, "and not much more");
  t.match(reserve, { told: 1, wasFull: true, isFull: false, isRight: true });
  t.equal(
    reserve.codes.length > 0 && reserve.codes.every((code: string) => /^storage WRITE_FAILED.*Free/.test(code)),
    true,
  );

  t.ok(noReserve.missing > 0 && noReserve.freeWhenFull < MIB, "to the last byte, where nothing is kept");
  t.match(noReserve, { told: 1, wasFull: true, isFull: false, isRight: true });

  t.match(file, { path: join(folder, "elsewhere/file"), isRight: true, isOtherDisk: true, left: [] });
  t.match(tree, { path: join(folder, "elsewhere/folder"), isRight: true, isOtherDisk: true, left: [] });
  t.same(tree.tree, ["a", "a/big", "a/none", "b"]);
});
