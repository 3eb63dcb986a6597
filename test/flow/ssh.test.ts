// keet-tui at the far end of a real SSH line that is cut, hangs and comes back.
import { join } from "node:path";
import t, { type Test } from "tap";
import { BIN } from "../helpers/program.js";
import type { Pty } from "../helpers/pty.js";
import { Sshd, withoutSshd } from "../helpers/sshd.js";
import { Desk, enter, giveName, KEY, livingIn, part, sees, type, until } from "./desks.js";

t.setTimeout(170_000);

const LINUX = { skip: process.platform !== "linux" ? "needs /proc" : withoutSshd };
const CUTS = 20;
/** The longest time from the first key of a round to its cut. */
const MAX_ROUND_MS = 700;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class FarDesk extends Desk {
  readonly #sshd: Sshd;

  constructor(t: Test, dir: string, sshd: Sshd) {
    super(t, dir);
    this.#sshd = sshd;
  }

  login(): Pty {
    return this.#sshd.open([process.execPath, BIN, ...this.globals]);
  }

  /** Screens that run here, without the core. */
  screens(): number[] {
    const core = this.home.owners()[0]?.pid;
    return livingIn(this.home.dir)
      .filter(({ pid, args }) => pid !== core && args.includes(BIN) && !args.startsWith("ssh") && !/\bsh -c/.test(args))
      .map(({ pid }) => pid);
  }

  texts = async (): Promise<string[]> => {
    const { stdout } = await this.run(["tail", "tea", "-n", "1000", "--json"]);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter((message) => message.type === "message")
      .map((message) => message.text as string);
  };
}

const inputRow = (screen: readonly string[]) => screen.at(-2)!.trim();

t.test("a room at the far end", LINUX, async (t) => {
  const sshd = await Sshd.start(t);
  const folder = t.testdir({ maya: {}, bob: {} });
  const maya = new FarDesk(t, join(folder, "maya"), sshd);
  const bob = new Desk(t, join(folder, "bob"));
  let pty = maya.login();
  let core = 0;

  await part(
    t,
    "C33, C34: text of any kind with no locale at the far end, and what is copied goes to the near one",
    async (t) => {
      await giveName(pty, "maya");
      await pty.waitFor("Nothing here yet");
      await enter(pty, "/create tea");
      await sees(t, pty, "made this room", "a room");
      core = maya.core();
      await enter(pty, "Grüße 幅 👍");
      await sees(t, pty, /Grüße 幅 👍.*✓/, "said");
      pty.write(KEY.up);
      await pty.waitFor("y copy");
      pty.write("y");
      const copied = `\x1b]52;c;${Buffer.from("Grüße 幅 👍").toString("base64")}\x1b\\`;
      await sees(t, pty, () => pty.raw().includes(copied), "by OSC 52");
      await sees(t, pty, "Sent to the terminal's clipboard", "and it is said that this is all that is known");
      pty.write(KEY.escape);
    },
  );

  const { link } = await maya.json(["room", "invite", "tea"]);
  const { id: room } = await bob.json(["room", "join", link, "--timeout", "60s"], { timeoutMs: 70_000 });
  const rpc = await bob.rpc();
  // With nobody there a core ends after three seconds, and a busy machine takes longer for a look at it.
  await maya.rpc();
  const say = (text: string) => rpc.request("message.send", { room, text });

  for (const [how, cut] of [
    ["the near end killed", async () => pty.kill("SIGKILL")],
    ["the far end killed", async () => sshd.sessions().map((pid) => process.kill(pid, "SIGKILL"))],
  ] as const) {
    await part(t, `cut, ${how}: the core goes on, and coming back shows all of it`, async (t) => {
      await type(pty, `half a thought, ${how}`);
      await cut();
      await pty.exited;
      await until(() => maya.screens().length === 0);
      const said = Array.from({ length: 5 }, (_, at) => `meanwhile ${at}, ${how}`);
      for (const text of said) await say(text);
      await until(async () => (await maya.texts()).includes(said.at(-1)!));
      t.equal(maya.core(), core, "the same core");
      pty = maya.login();
      for (const text of said) await sees(t, pty, text, text);
      await sees(t, pty, (screen) => inputRow(screen.text()) === `> half a thought, ${how}`, "the draft is there");
      t.same(
        (await maya.texts()).filter((text) => text.endsWith(how)),
        said,
        "once each, in order",
      );
      pty.write(KEY.clearLine);
    });
  }

  await part(t, "the line hangs and goes on: what was typed into it, and what was said meanwhile", async (t) => {
    process.kill(pty.pid, "SIGSTOP");
    pty.write("typed into a line that hangs");
    for (let at = 0; at < 5; at += 1) await say(`while it hung ${at}`);
    await until(async () => (await maya.texts()).includes("while it hung 4"));
    process.kill(pty.pid, "SIGCONT");
    await sees(t, pty, "while it hung 4", "what was said");
    await sees(t, pty, (screen) => inputRow(screen.text()) === "> typed into a line that hangs", "what was typed");
    pty.write(KEY.clearLine);
  });

  await part(t, `${CUTS} cuts at random while lines are written: none lost, none doubled, none half`, async (t) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    t.comment(`SEED=${seed}`);
    const random = randomFrom(seed);
    const typed: string[] = [];
    const acknowledged = new Set<string>();
    let isOpen = true;
    for (let round = 0; round < CUTS; round += 1) {
      if (round > 0) pty = maya.login();
      await pty.waitFor((screen) => inputRow(screen.text()).startsWith(">") && screen.text()[0]!.startsWith(" tea"));
      isOpen = true;
      const isNear = random() < 0.5;
      const after = random() * MAX_ROUND_MS;
      const timer = setTimeout(() => {
        isOpen = false;
        if (isNear) pty.kill("SIGKILL");
        else for (const pid of sshd.sessions()) process.kill(pid, "SIGKILL");
      }, after);
      const over = pty.exited.then(() => false);
      const shows = (holds: (screen: string[]) => boolean) =>
        Promise.race([
          over,
          pty.waitFor(({ text }) => holds(text.call(pty.virtual)), { timeoutMs: 30_000 }).then(() => true),
        ]);
      for (let at = 0; isOpen; at += 1) {
        const line = `line ${round}.${at} to its very end`;
        // A draft that the cut before left may come in until something is typed.
        pty.write(KEY.clearLine);
        for (const piece of line.match(/.{1,4}/g)!) pty.write(piece);
        if (!(await shows((screen) => inputRow(screen).endsWith(line)))) break;
        if (inputRow(pty.screen()) !== `> ${line}`) continue;
        typed.push(line);
        pty.write(KEY.enter);
        const isSeen = await shows((screen) => screen.some((row) => row.includes(line) && row.includes("✓")));
        if (isSeen) acknowledged.add(line);
      }
      clearTimeout(timer);
      await pty.exited;
    }
    const texts = await maya.texts();
    const lines = texts.filter((text) => text.startsWith("line"));
    t.comment(`${typed.length} lines sent, ${acknowledged.size} acknowledged, ${lines.length} in the room`);
    t.ok(acknowledged.size >= CUTS / 4, "there was time to say something");
    for (const line of acknowledged) t.equal(lines.filter((text) => text === line).length, 1, line);
    t.same(
      lines.filter((text) => !typed.includes(text)),
      [],
      "nothing that was not sent, and nothing half",
    );
    t.equal(new Set(lines).size, lines.length, "nothing twice");
    t.equal(maya.core(), core, "one core through all of it");
    const last = lines.at(-1)!;
    await until(async () => (await bob.run(["tail", "tea", "-n", "1000"])).stdout.includes(last));
    const { stdout } = await bob.run(["tail", "tea", "-n", "1000"]);
    for (const line of lines) t.equal(stdout.split(line).length, 2, `${line}, at bob's`);
  });
});
