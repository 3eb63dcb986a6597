import fc from "fast-check";
import t from "tap";
import { type InputEvent, KeyDecoder, REMOTE_ESCAPE_DELAY_MS } from "../../src/terminal/keys.js";
import { HandClock } from "../helpers/hand-clock.js";
import { payloads } from "../helpers/payloads.js";

function open(escapeDelayMs?: number) {
  const clock = new HandClock();
  const events: InputEvent[] = [];
  const decoder = new KeyDecoder({
    emit: (event) => events.push(event),
    clock,
    ...(escapeDelayMs === undefined ? {} : { escapeDelayMs }),
  });
  const push = (input: string | Uint8Array) =>
    decoder.push(typeof input === "string" ? new TextEncoder().encode(input) : input);
  return { clock, events, decoder, push };
}

/** One event in short: `ctrl-alt-shift-name`, `"text"` behind it where the key types. */
function short(event: InputEvent): string {
  if (event.type === "paste") return `paste ${JSON.stringify(event.text)}`;
  if (event.type === "focus") return `focus ${event.focused}`;
  if (event.type === "reply") return `${event.kind} ${event.body}`;
  const held = (["ctrl", "alt", "shift"] as const).filter((name) => event[name]);
  const kind = event.eventType === "press" ? "" : ` ${event.eventType}`;
  const text = event.text === undefined || event.text === event.name ? "" : ` ${JSON.stringify(event.text)}`;
  return [...held, event.name].join("-") + text + kind;
}

function read(...reads: string[]): string[] {
  const { push, clock, events } = open();
  for (const bytes of reads) push(bytes);
  clock.pass(10_000);
  return events.map(short);
}

const table: Readonly<Record<string, readonly string[]>> = {
  // characters
  a: ["a"],
  A: ['shift-a "A"'],
  " ": ['space " "'],
  é幅: ["é", "幅"],
  "👍": ["👍"],
  "\xa1\u221a": ["¡", "√"],
  // controls
  "\x01": ["ctrl-a"],
  "\x1a": ["ctrl-z"],
  "\0": ["ctrl-space"],
  "\t": ["tab"],
  "\n": ["ctrl-j"],
  "\b": ["backspace"],
  "\x7f": ["backspace"],
  "\x1c\x1d\x1e\x1f": ["ctrl-\\", "ctrl-]", "ctrl-^", "ctrl-_"],
  "\x9b": [],
  "\r": ["enter"],
  "\r\r": ["enter", "enter"],
  "ab\r": ["a", "b", "enter"],
  "ab\x03": ["a", "b", "ctrl-c"],
  // alt
  "\x1bb": ["alt-b"],
  "\x1bf": ["alt-f"],
  "\x1bB": ["alt-shift-b"],
  "\x1bö": ["alt-ö"],
  "\x1b\x7f": ["alt-backspace"],
  "\x1b\x01": ["ctrl-alt-a"],
  "\x1b\r": ["alt-enter"],
  "\x1b\n": ["alt-enter"],
  "\x1b": ["escape"],
  "\x1b\x1b": ["escape", "escape"],
  "\x1b[": ["alt-["],
  "\x1bO": ["alt-shift-o"],
  "\x1b]": ["alt-]"],
  "\x1bP": ["alt-shift-p"],
  // xterm
  "\x1b[A\x1b[B\x1b[C\x1b[D": ["up", "down", "right", "left"],
  "\x1b[H\x1b[F": ["home", "end"],
  "\x1b[1~\x1b[4~\x1b[7~\x1b[8~": ["home", "end", "home", "end"],
  "\x1b[2~\x1b[3~\x1b[5~\x1b[6~": ["insert", "delete", "pageup", "pagedown"],
  "\x1b[1;3B": ["alt-down"],
  "\x1b[1;2A": ["shift-up"],
  "\x1b[1;5C": ["ctrl-right"],
  "\x1b[1;8D": ["ctrl-alt-shift-left"],
  "\x1b[3;5~": ["ctrl-delete"],
  "\x1b[5;3~": ["alt-pageup"],
  "\x1b[1;3H\x1b[1;3F": ["alt-home", "alt-end"],
  "\x1b[Z": ["shift-tab"],
  "\x1bOP\x1bOQ\x1bOR\x1bOS": ["f1", "f2", "f3", "f4"],
  "\x1b[1;2P\x1b[1;5R": ["shift-f1", "ctrl-f3"],
  "\x1b[15~\x1b[17~\x1b[24~\x1b[15;5~": ["f5", "f6", "f12", "ctrl-f5"],
  // application mode
  "\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF": ["up", "down", "right", "left", "home", "end"],
  "\x1bO5C": ["ctrl-right"],
  "\x1bO1;2A": ["shift-up"],
  "\x1bOM": ["enter"],
  "\x1bOk\x1bOp": ["+", "0"],
  // linux console, rxvt
  "\x1b[[A\x1b[[E": ["f1", "f5"],
  "\x1b[11~\x1b[14~": ["f1", "f4"],
  "\x1b[a\x1b[d\x1b[c": ["shift-up", "shift-left", "shift-right"],
  "\x1bOa\x1bOd": ["ctrl-up", "ctrl-left"],
  "\x1b[3^\x1b[3@": ["ctrl-delete", "ctrl-shift-delete"],
  "\x1b[3$x": ["shift-delete", "x"],
  "\x1b\x1b[A": ["alt-up"],
  "\x1b\x1bOA": ["alt-up"],
  // kitty
  "\x1b[27u": ["escape"],
  "\x1b[13;2u": ["shift-enter"],
  "\x1b[13;3u": ["alt-enter"],
  "\x1b[97;5u": ["ctrl-a"],
  "\x1b[97;6u": ["ctrl-shift-a"],
  "\x1b[97u": ["a"],
  "\x1b[97:65;2u": ['shift-a "A"'],
  "\x1b[97;2;65u": ['shift-a "A"'],
  "\x1b[32;1:2u": ['space " " repeat'],
  "\x1b[32;1:3u": ["space release"],
  "\x1b[1;1:3A": ["up release"],
  "\x1b[51;3;35u": ["#"],
  "\x1b[48;3;64u": ["@"],
  "\x1b[51;7;35u": ["#"],
  "\x1b[51;3u": ["alt-3"],
  "\x1b[97;3;97u": ["alt-a"],
  "\x1b[97;4;65u": ["alt-shift-a"],
  "\x1b[97;9u": [],
  "\x1b[57376u": ["f13"],
  "\x1b[57400u": ["1"],
  "\x1b[57414u": ["enter"],
  "\x1b[57441;2u": [],
  "\x1b[97;1;27u": ["a"],
  // modifyOtherKeys
  "\x1b[27;5;13~": ["ctrl-enter"],
  "\x1b[27;3;98~": ["alt-b"],
  // the terminal itself
  "\x1b[I\x1b[O": ["focus true", "focus false"],
  "\x1b[?62;22c": ["csi ?62;22c"],
  "\x1b[>0;276;0c": ["csi >0;276;0c"],
  "\x1b[24;80R": ["csi 24;80R"],
  "\x1b[0n": ["csi 0n"],
  "\x1b[?2026;2$y": ["csi ?2026;2$y"],
  "\x1b[?1u": ["csi ?1u"],
  "\x1b[8;24;80t": ["csi 8;24;80t"],
  "\x1b]11;rgb:1e1e/1e1e/1e1e\x07x": ["osc 11;rgb:1e1e/1e1e/1e1e", "x"],
  "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\x": ["osc 11;rgb:1e1e/1e1e/1e1e", "x"],
  "\x1b]lTitle\x1b\\": ["alt-]", "l", 'shift-t "T"', "i", "t", "l", "e", "alt-\\"],
  "\x1bP>|xterm(390)\x1b\\": ["dcs >|xterm(390)"],
  "\x1b_Gi=1;OK\x1b\\": ["apc Gi=1;OK"],
  "\x1b]11;x\x1b[A": ["up"],
  "\x1b[<0;5;6M\x1b[<0;5;6m": [],
  "\x1b[M !!a": ["a"],
  "\x1b[32;5;6M": [],
  "\x1b[12;99zx": ["x"],
  // pastes
  "\x1b[200~hi\x1b[201~": ['paste "hi"'],
  "\x1b[200~ls -l /srv\n\n\x1b[201~": ['paste "ls -l /srv\\n\\n"'],
  "\x1b[200~a\r\nb\rc\x1b[201~\r": ['paste "a\\nb\\nc"', "enter"],
  "\x1b[200~a\x1b[31mb\x07\x9b\x1b[201\x1b[201~x": ['paste "a[31mb[201"', "x"],
  "\x1b[200~\x1b[201~x": ["x"],
  "line one\r\nline two": [..."line"].concat('space " "', ..."one", 'paste "\\nline two"'),
  "a\rb": ["a", 'paste "\\nb"'],
  "a\r\tb": ["a", 'paste "\\n\\tb"'],
  "a\r\n": ["a", 'paste "\\n"'],
  "a\r\rb\r": ["a", 'paste "\\n\\nb\\n"'],
  "a\r\x1b[A": ["a", "enter", "up"],
  "a\r\nb\x1b[Ac\r": ["a", 'paste "\\nb"', "up", "c", 'paste "\\n"'],
};

t.test("every known sequence is the key it stands for", async (t) => {
  for (const [bytes, expected] of Object.entries(table)) t.same(read(bytes), expected, JSON.stringify(bytes));
});

t.test("cut anywhere, with no time between, the events are the same", async (t) => {
  for (const [text, expected] of Object.entries(table)) {
    const bytes = new TextEncoder().encode(text);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { push, clock, events } = open();
      push(bytes.subarray(0, cut));
      push(bytes.subarray(cut));
      clock.pass(10_000);
      if (JSON.stringify(events.map(short)) !== JSON.stringify(expected))
        t.same(events.map(short), expected, `${JSON.stringify(text)} at ${cut}`);
    }
    const { push, clock, events } = open();
    for (const byte of bytes) push(Uint8Array.of(byte));
    clock.pass(10_000);
    t.same(events.map(short), expected, `${JSON.stringify(text)} byte by byte`);
  }
});

const anyInput = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Object.keys(table), ...payloads.map(({ text }) => text)).map((text) => Buffer.from(text)),
      fc
        .constantFrom("\x1b", "\r", "\n", "[", "O", "]", "\x1b[200~", "\x1b[201~", ";", ":", "9", "~", "u")
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

t.test("any bytes in any cuts give the same events, none throws, and no control is typed", async () => {
  fc.assert(
    fc.property(anyInput, fc.array(fc.nat(), { maxLength: 5 }), (bytes, marks) => {
      const whole = open();
      whole.push(bytes);
      whole.clock.pass(60_000);
      const cut = open();
      const cuts = [...marks.map((mark) => mark % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
      for (let index = 1; index < cuts.length; index += 1) cut.push(bytes.subarray(cuts[index - 1]!, cuts[index]!));
      cut.clock.pass(60_000);
      for (const event of whole.events) {
        const text = event.type === "key" || event.type === "paste" ? (event.text ?? "") : "";
        if (/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) return false;
      }
      return JSON.stringify(whole.events) === JSON.stringify(cut.events);
    }),
    { numRuns: 3000 },
  );
});

t.test("after any bytes and some quiet the keyboard works again", async () => {
  fc.assert(
    fc.property(anyInput, (bytes) => {
      const { push, clock, events } = open();
      push(bytes);
      clock.pass(60_000);
      events.length = 0;
      // What UTF-8 was left half read ends with the next byte.
      push("x");
      events.length = 0;
      push("q");
      clock.pass(1000);
      return JSON.stringify(events.map(short)) === '["q"]';
    }),
    { numRuns: 1000 },
  );
});

t.test("a lone ESC is Escape after its delay and not before", async (t) => {
  const { push, clock, events } = open();
  push("\x1b");
  clock.pass(24);
  t.same(events, []);
  clock.pass(1);
  t.same(events.map(short), ["escape"]);
  const remote = open(REMOTE_ESCAPE_DELAY_MS);
  remote.push("\x1b");
  remote.clock.pass(99);
  t.same(remote.events, []);
  remote.push("b");
  t.same(remote.events.map(short), ["alt-b"]);
});

t.test("Alt-Enter whose bytes came apart is a line break, never send", async (t) => {
  const over = (delay: number, pause: (clock: HandClock) => void) => {
    const { push, clock, events } = open(delay);
    for (const char of "half a thought") push(char);
    clock.pass(1000);
    events.length = 0;
    push("\x1b");
    pause(clock);
    push("\r");
    clock.pass(1000);
    return events.map(short);
  };
  t.same(
    over(100, (clock) => clock.pass(80)),
    ["alt-enter"],
    "80 ms over SSH",
  );
  t.same(
    over(25, (clock) => clock.block(100)),
    ["alt-enter"],
    "a blocked loop, both in one turn",
  );
  t.same(
    over(25, (clock) => clock.pass(100)),
    ["escape", "alt-enter"],
    "a blocked loop, the timer first",
  );
  t.same(
    over(25, (clock) => clock.pass(300)),
    ["escape", "alt-enter"],
    "300 ms",
  );
  t.same(
    over(100, (clock) => clock.pass(500)),
    ["escape", "alt-enter"],
    "500 ms",
  );
  t.same(
    over(25, (clock) => clock.pass(501)),
    ["escape", "enter"],
    "then Enter is Enter again",
  );
});

t.test("Escape to close something, then words and Enter, sends", async (t) => {
  const { push, clock, events } = open();
  push("\x1b");
  clock.pass(100);
  push("k");
  clock.pass(100);
  push("\r");
  clock.pass(100);
  t.same(events.map(short), ["escape", "k", "enter"]);
});

t.test("a paste without marks that is cut 40 ms apart never acts as Enter", async (t) => {
  const text = "line one\r\nline two\r\nline three";
  for (let cut = 1; cut < text.length; cut += 1) {
    const { push, clock, events } = open();
    push(text.slice(0, cut));
    clock.pass(40);
    push(text.slice(cut));
    clock.pass(1000);
    t.notOk(
      events.some((event) => event.type === "key" && event.name === "enter"),
      `cut at ${cut}`,
    );
    const typed = events.map((event) => {
      if (event.type === "key" && event.name === "j" && event.ctrl) return "\n";
      return event.type === "key" || event.type === "paste" ? (event.text ?? "") : "";
    });
    t.equal(typed.join(""), text.replaceAll("\r\n", "\n"), `cut at ${cut}`);
    events.length = 0;
    push("\r");
    clock.pass(1000);
    t.same(events.map(short), ["enter"], "Enter pressed later sends");
  }
});

t.test("Enter alone is reported within a few milliseconds", async (t) => {
  const { push, clock, events } = open();
  push("a");
  clock.pass(30);
  push("\r");
  clock.pass(4);
  t.same(events.map(short), ["a", "enter"]);
  push("b\r");
  clock.pass(60);
  t.same(events.map(short), ["a", "enter", "b", "enter"]);
});

t.test("an end mark inside a paste does not let the rest act as keys", async (t) => {
  t.same(read("\x1b[200~one\x1b[201~\rtwo\r\x1b[201~"), ['paste "one"', 'paste "\\ntwo\\n"']);
  t.same(read("\x1b[200~one\x1b[201~\r\x1b[201~"), ['paste "one"', 'paste "\\n"']);
  t.same(read("\x1b[200~one\x1b[201~rm\r\x1b[201~"), ['paste "one"', "r", "m", 'paste "\\n"']);
});

t.test("the rest of such a paste may come a little later", async (t) => {
  const { push, clock, events } = open();
  push("\x1b[200~one\x1b[201~\r");
  clock.pass(40);
  push("two\x1b[201~");
  clock.pass(1000);
  t.same(events.map(short), ['paste "one"', 'paste "\\ntwo"']);
});

t.test("a sequence longer than any known is no key, and what follows is", async (t) => {
  t.same(read(`\x1b[${"0".repeat(300)}5~x`), ["x"]);
  t.same(read(`\x1b[${"0;".repeat(5000)}`, "1;1", "Ax"), ["x"]);
});

t.test("a marked paste that never ends is bounded and gives the keyboard back", async (t) => {
  const { push, clock, events } = open();
  push(`\x1b[200~${"x".repeat(700 * 1024)}`);
  for (let index = 0; index < 3; index += 1) push("x".repeat(700 * 1024));
  t.same(events, []);
  clock.pass(5000);
  const [event] = events;
  t.ok(event?.type === "paste" && event.text.length === 1024 * 1024);
  push("a");
  t.same(events.slice(1).map(short), ["a"]);
});

t.test("one line of more than anybody types ends as a paste", async (t) => {
  const { push, clock, events } = open();
  push("x".repeat(5000));
  clock.pass(1000);
  t.equal(events.length, 1001);
  t.equal(short(events.at(-1)!), `paste ${JSON.stringify("x".repeat(4000))}`);
});

t.test("an answer that never ends is dropped and gives the keyboard back", async (t) => {
  const { push, clock, events } = open();
  push(`\x1b]52;c;${"A".repeat(100_000)}`);
  clock.pass(2000);
  push("a");
  t.same(events.map(short), ["a"]);
});

t.test("reset forgets what was half read", async (t) => {
  for (const half of ["\x1b", "\x1b[1;", "\x1b[200~abc", "a\r\nb", "a\r", "\x1b]11;rgb"]) {
    const { push, clock, events, decoder } = open();
    push(half);
    events.length = 0;
    decoder.reset();
    clock.pass(10_000);
    push("q");
    t.same(events.map(short), ["q"], JSON.stringify(half));
  }
});
