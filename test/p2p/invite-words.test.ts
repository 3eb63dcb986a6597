// Every way an invite can come to nothing, as who tries it is told.
import BlindPairing from "blind-pairing";
import t from "tap";
import { KeetError } from "../../src/errors.js";
import type { Core } from "../../src/p2p/index.js";
import { linkOf, parseLink } from "../../src/p2p/invite-link.js";
import { until } from "../helpers/rooms.js";
import { openNamed } from "../helpers/wired-cores.js";

t.setTimeout(120_000);

const LIMIT_MS = 60_000;

/** What is said about a link before anybody is asked. */
function said(link: string): string {
  try {
    parseLink(link);
    return "taken";
  } catch (error) {
    if (error instanceof KeetError && error.hint) return `${error.message} ${error.hint}`;
    throw error;
  }
}

t.test("a link that is none says what it is, and what would work", async (t) => {
  const good = linkOf(BlindPairing.createInvite(Buffer.alloc(32, 1)).invite);
  t.equal(said(good), "taken");
  const foreign =
    "This is an invite of Keet, which is another network. keet-tui invites begin with keet-tui://join/. Keet's rooms cannot be joined from here.";
  for (const link of ["keet://yfooabc", "pear://keet/yfooabc", "https://keet.io/join/yfooabc"]) {
    t.equal(said(link), foreign, link);
  }
  const whole = "Ask for the whole link, keet-tui://join/…, and paste it as it is.";
  t.equal(said(good.slice(0, -20)), `This invite is cut short. ${whole}`);
  t.equal(said("https://example.com/room"), `This is not an invite. ${whole}`);
  t.equal(said("y".repeat(600)), `This is too long for an invite. ${whole}`);
  t.equal(said(`${good}0`), "This invite is damaged. Ask for the link again.");
});

/** What becomes of it, as a sentence; the room where it works. */
function outcome(core: Core, link: string): Promise<string> {
  return new Promise((resolve, reject) => {
    core.once("joined", resolve);
    core.once("join-failed", (_id: string, error: KeetError) => resolve(`${error.message} ${error.hint}`));
    core.joinRoom(link).catch(reject);
  });
}

t.test("an invite that is over, or is somebody else's, says which; a leaked one lets nobody in", async (t) => {
  const folder = t.testdir({});
  const cores: Core[] = [];
  const open = async (name: string) => {
    const core = await openNamed(folder, name);
    cores.push(core);
    return core;
  };
  t.teardown(() => Promise.all(cores.map((core) => core.close())));
  const [ann, bob, eve] = [await open("ann"), await open("bob"), await open("eve")];
  const { id } = await ann.createRoom("tea", "", "group");
  const member = ann.room(id)!.member!;
  const forBob = BlindPairing.createInvite(member.room.key);
  await member.write({
    type: "add-invite",
    invite: forBob.id,
    publicKey: forBob.publicKey,
    uses: 1,
    expiresAt: Date.now() + 86_400_000,
    only: [bob.identity!.key],
  });
  const revoked = await ann.makeInvite(id, {});
  await ann.revokeInvite(id, revoked.link!);
  const short = await ann.makeInvite(id, { expiresMs: 1_000 });
  const named = linkOf(forBob.invite);
  const notYours = "This invite was taken back, or is for somebody else. Ask for a new one.";
  t.equal(await outcome(eve, named), notYours, "before it is used");
  t.equal(await outcome(bob, named), id, "the one it is for");
  t.equal(await outcome(eve, named), notYours, "and after it");
  t.equal(await outcome(eve, revoked.link!), notYours);
  await until(async () => (await ann.invites(id)).some(({ state }) => state === "expired"), LIMIT_MS);
  t.equal(await outcome(eve, short.link!), "This invite has expired. Ask for a new one.");
  const once = await ann.makeInvite(id, {});
  const carol = await open("carol");
  t.equal(await outcome(carol, once.link!), id);
  // Any member admits by what it knows.
  await until(async () => {
    const seen = await Promise.all([ann, bob, carol].map((core) => core.invites(id)));
    return seen.every((invites) => invites.some((some) => some.id.equals(once.id) && some.state === "used"));
  }, LIMIT_MS);
  t.equal(await outcome(eve, once.link!), "This invite has been used already. Ask for a new one.");
  t.equal(member.summary().members, 3);
  t.same(eve.rooms(), []);
});
