/** Rooms with people in them, what they may try there, and a look at what becomes of it (p2p/rights.test.ts). */
import { type Act, Cast, type Deed, type Kind, type RoomChange } from "./cast.js";
import { Follower, MemoryView, type Start, WriterList } from "./linear.js";
import { countsOf, inOrder, RoomModel, stateOf } from "./room-model.js";

export const DEVICES = {
  olive: ["olive1"],
  otto: ["otto1"],
  mo: ["mo1"],
  mona: ["mona1"],
  meg: ["meg1", "meg2"],
  max: ["max1"],
  rex: ["rex1"],
  nell: ["nell1"],
  ned: ["ned1"],
} as const;

/** A room with people in it, and a look at what becomes of it. */
export class Stage {
  readonly name: string;
  readonly cast: Cast;
  readonly #view = new MemoryView();
  readonly #model: RoomModel;
  #start: Start;
  runs = 0;

  private constructor(name: string, cast: Cast) {
    this.name = name;
    this.cast = cast;
    this.#model = new RoomModel(cast.writers);
    this.#start = { view: this.#view, host: new WriterList(cast.roomKey) };
  }

  static async open(
    folder: string,
    name: string,
    founding: (cast: Cast) => readonly Act[],
    devices: Readonly<Record<string, readonly string[]>> = DEVICES,
  ): Promise<Stage> {
    const stage = new Stage(name, await Cast.of(`${folder}/${name}`, devices));
    const acts = founding(stage.cast);
    const wrong = await stage.wrongIn([acts]);
    if (wrong) throw new Error(wrong);
    const follower = new Follower(stage.#start);
    await follower.follow(acts);
    for (const act of acts) if (!stage.#model.take(act)) throw new Error(`${name}: ${act.label} was not taken`);
    stage.#start = follower;
    return stage;
  }

  get model(): RoomModel {
    return this.#model.copy();
  }

  get start(): Start {
    return this.#start;
  }

  /**
   * One device hears of the acts in each of these orders in turn, another one of the last of them at once.
   * @returns what was wrong; null where all is as it ought to be
   */
  async wrongIn(orders: readonly (readonly Act[])[], sizes: readonly number[] = [1]): Promise<string | null> {
    this.runs += 1;
    const last = orders.at(-1)!;
    const wrong = (what: string) => {
      const acts = last.map(({ label, writer, deed }) => `${label} (${writer}: ${JSON.stringify(deed)})`);
      return `${this.name}: ${what}\n  ${acts.join(" → ")}`;
    };
    const step = new Follower(this.#start);
    for (const order of orders) await step.follow(order, sizes);
    const whole = new Follower(this.#start, { keepsCache: false });
    await whole.follow(last, [last.length]);
    if (!step.view.equals(whole.view)) return wrong("not the same bytes on two devices");
    if (JSON.stringify(step.host.now) !== JSON.stringify(whole.host.now)) return wrong("not the same writers");

    const model = this.model;
    const isAlone = sizes.length === 1 && sizes[0] === 1;
    for (const act of last) {
      const taken = model.take(act);
      if (taken === step.leftOut.has(act.label)) {
        return wrong(
          `${act.label} ought ${taken ? "" : "not "}to be taken (${step.leftOut.get(act.label) ?? "it was"})`,
        );
      }
      if (!taken && isAlone && step.wrote(act.label) > 0) return wrong(`${act.label} was left out and wrote`);
    }
    const [is, ought] = [inOrder(await stateOf(step, this.cast)), inOrder(model.state)];
    if (is !== ought) return wrong(`is\n  ${is}\n  and ought to be\n  ${ought}`);
    const counts = JSON.stringify(await step.reader.counts());
    const counted = JSON.stringify(countsOf(model.state));
    return counts === counted ? null : wrong(`counts ${counts}, and there are ${counted}`);
  }
}

/** Everybody in, with their roles, something said by each, and one of them removed again. */
export function founding(cast: Cast, kind: Kind, rights: RoomChange): Act[] {
  const by = (writer: string, deed: Deed, label?: string) => cast.act(writer, deed, label ? { label } : {});
  const acts = [
    by("olive1", { do: "join" }),
    by("olive1", { do: "room", name: "tea", kind }),
    by("olive1", { do: "invite", uses: 20 }, "open"),
    ...["otto1", "mo1", "mona1", "meg1", "max1", "rex1"].map((writer) =>
      cast.act(writer, { do: "join", invite: "open", by: "olive1" }, { optimistic: true }),
    ),
    cast.act("meg2", { do: "join" }, { optimistic: true }),
    by("olive1", { do: "role", who: "otto", role: "owner" }),
    by("otto1", { do: "role", who: "mo", role: "moderator" }),
    by("olive1", { do: "role", who: "mona", role: "moderator" }),
  ];
  // In a room where few write, those few let the others for once.
  if (kind === "broadcast") {
    acts.push(by("olive1", { do: "room", post: "member", invite: "member", share: "member" }));
  }
  for (const writer of ["olive1", "otto1", "mo1", "mona1", "meg1", "max1", "rex1"]) {
    acts.push(by(writer, { do: "post" }, `by-${writer}`));
  }
  for (const writer of ["olive1", "mo1", "meg1"]) acts.push(by(writer, { do: "share" }, `file-${writer}`));
  acts.push(
    by("meg2", { do: "share" }, "file-gone"),
    by("mo1", { do: "finish", on: "file-mo1" }),
    by("meg1", { do: "unshare", on: "file-gone" }),
    by("meg2", { do: "post" }, "gone"),
    by("meg1", { do: "react", on: "by-max1", emoji: "👍" }),
    by("mo1", { do: "pin", on: "by-mo1" }),
    by("meg1", { do: "delete", on: "gone" }),
    by("meg1", { do: "invite", uses: 1 }, "of-meg"),
    by("mo1", { do: "invite", uses: 1 }, "of-mo"),
    by("rex1", { do: "invite", uses: 1 }, "of-rex"),
    by("otto1", { do: "invite", uses: 1, only: ["nell", "rex"] }, "for-nell"),
    by("otto1", { do: "invite", uses: 1, only: ["rex"] }, "for-rex"),
    by("mo1", { do: "remove", who: "rex" }),
  );
  if (kind === "broadcast") {
    acts.push(by("olive1", { do: "room", post: "moderator", invite: "moderator", share: "moderator" }));
  }
  if (Object.keys(rights).length > 0) acts.push(by("olive1", { do: "room", ...rights }));
  return acts;
}

export function foundingForTwo(cast: Cast): Act[] {
  const by = (writer: string, deed: Deed, label?: string) => cast.act(writer, deed, label ? { label } : {});
  return [
    by("olive1", { do: "join" }),
    by("olive1", { do: "room", name: "olive and meg", kind: "direct" }),
    by("olive1", { do: "invite", uses: 1, only: ["meg"] }, "for-meg"),
    by("olive1", { do: "invite", uses: 5 }, "open"),
    cast.act("meg1", { do: "join", invite: "for-meg", by: "olive1" }, { optimistic: true }),
    by("olive1", { do: "post" }, "by-olive1"),
    by("meg1", { do: "post" }, "by-meg1"),
    by("meg1", { do: "share" }, "file-meg1"),
  ];
}

const MESSAGES = ["by-olive1", "by-otto1", "by-mo1", "by-mona1", "by-meg1", "by-max1", "by-rex1", "gone", "nowhere"];
const FILES = ["file-olive1", "file-mo1", "file-meg1", "file-gone", "by-meg1", "nowhere"];
const PEOPLE = Object.keys(DEVICES);
export const ACTORS = ["olive1", "otto1", "mo1", "meg1", "meg2", "rex1", "nell1"];

export function deeds(): Deed[] {
  return [
    { do: "post" },
    ...MESSAGES.flatMap((label): Deed[] => [
      { do: "edit", on: label },
      { do: "delete", on: label },
    ]),
    ...["by-olive1", "by-max1", "by-meg1", "gone"].flatMap((label): Deed[] => [
      { do: "react", on: label, emoji: "👍\ufe0f" },
      { do: "unreact", on: label, emoji: "👍" },
    ]),
    ...["by-mo1", "by-meg1", "gone"].flatMap((label): Deed[] => [
      { do: "pin", on: label },
      { do: "unpin", on: label },
    ]),
    { do: "share" },
    { do: "call" },
    { do: "call", ended: true },
    ...FILES.flatMap((label): Deed[] => [
      { do: "finish", on: label },
      { do: "unshare", on: label },
    ]),
    ...["file-meg1", "file-mo1"].flatMap((label): Deed[] => [
      { do: "edit", on: label },
      { do: "delete", on: label },
      { do: "react", on: label, emoji: "👍" },
      { do: "pin", on: label },
      { do: "unpin", on: label },
    ]),
    { do: "profile", name: "somebody" },
    { do: "room", name: "coffee" },
    { do: "room", clearTopic: true, topic: "x" },
    { do: "room", post: "owner" },
    { do: "room", invite: "moderator", share: "owner", call: "moderator" },
    { do: "room", name: "coffee", post: "moderator" },
    { do: "room", kind: "direct" },
    { do: "room", kind: "broadcast" },
    { do: "room", goesOn: "elsewhere" },
    { do: "room", goesOn: "here" },
    { do: "room", comesFrom: true },
    { do: "room" },
    { do: "signers", writers: ["meg1"] },
    { do: "signers", writers: ["olive1", "mo1", "meg1"] },
    { do: "signers", writers: ["olive1", "mo1", "rex1"] },
    { do: "signers", writers: ["olive1", "mo1", "mo1"] },
    { do: "signers", writers: ["mo1"], wrongManifest: true },
    ...PEOPLE.flatMap((who): Deed[] => [
      { do: "role", who, role: "owner" },
      { do: "role", who, role: "moderator" },
      { do: "role", who, role: "member" },
      { do: "remove", who },
    ]),
    { do: "invite", uses: 1 },
    ...["open", "of-meg", "of-mo", "of-rex", "nowhere"].map((invite): Deed => ({ do: "revoke", invite })),
    { do: "join" },
    { do: "join", as: "nell1" },
    ...["open", "of-meg", "of-mo", "of-rex", "for-nell", "for-rex", "nowhere"].flatMap((invite): Deed[] => [
      { do: "join", invite, by: "mo1" },
      { do: "join", invite, by: "rex1" },
    ]),
  ];
}

/** What may come before or after. */
export function events(): [string, Deed][] {
  return [
    ["olive1", { do: "role", who: "mo", role: "member" }],
    ["olive1", { do: "role", who: "meg", role: "moderator" }],
    ["otto1", { do: "role", who: "meg", role: "owner" }],
    ["otto1", { do: "role", who: "otto", role: "member" }],
    ["otto1", { do: "role", who: "rex", role: "member" }],
    ["olive1", { do: "remove", who: "mo" }],
    ["mo1", { do: "remove", who: "meg" }],
    ["olive1", { do: "remove", who: "olive" }],
    ["meg2", { do: "delete", on: "by-meg1" }],
    ["olive1", { do: "pin", on: "by-meg1" }],
    ["meg2", { do: "finish", on: "file-meg1" }],
    ["mo1", { do: "unshare", on: "file-meg1" }],
    ["olive1", { do: "room", share: "owner" }],
    ["olive1", { do: "room", goesOn: "elsewhere" }],
    ["olive1", { do: "room", post: "owner", invite: "owner" }],
    ["mo1", { do: "revoke", invite: "of-meg" }],
    ["mo1", { do: "signers", writers: ["olive1", "mo1", "meg1"] }],
    ["nell1", { do: "join", invite: "for-nell", by: "meg2" }],
    ["ned1", { do: "join", invite: "of-mo", by: "max1" }],
  ];
}

export function openStages(folder: string): Promise<Stage[]> {
  const group = (name: string, kind: Kind, rights: RoomChange = {}) =>
    Stage.open(folder, name, (cast) => founding(cast, kind, rights));
  return Promise.all([
    group("group", "group"),
    group("few write", "broadcast"),
    group("goes on elsewhere", "group", { goesOn: "elsewhere" }),
    group("strict", "group", { post: "moderator", invite: "owner", share: "owner" }),
    Stage.open(folder, "for two", foundingForTwo),
  ]);
}
