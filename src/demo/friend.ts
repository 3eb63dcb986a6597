/** The echo friend, for a screen: at most one at a time, gone with whoever started it. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import { gone, type Surroundings, ThrowAway } from "./throw-away.js";

const FRIEND_NAME = "echo";

export type Friend = ThrowAway & { readonly room: string; readonly invite: string };

/** Answers when it has made its room and waits there. */
export async function startFriend(options: Surroundings): Promise<Friend> {
  return (await ThrowAway.start({ ...options, name: FRIEND_NAME, isFriend: true })) as Friend;
}

/**
 * What `/demo` and `t` do. The friend goes with the screen; its room is left then, as nobody would ever answer there
 * again. Of a screen that was killed the room stays in the list, to be left by hand.
 */
export class DemoRoom {
  readonly #surroundings: Surroundings;
  readonly #connect: () => Promise<RpcClient>;
  #friend: Friend | null = null;
  #starting: Promise<string> | null = null;
  #isClosed = false;
  #rooms: string[] = [];

  /** `connect` reaches the core of the person who tries it. */
  constructor(surroundings: Surroundings, connect: () => Promise<RpcClient>) {
    this.#surroundings = surroundings;
    this.#connect = connect;
  }

  /** An invite of the friend's room; of the same friend as long as it lives. */
  readonly start = (): Promise<string> => {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  };

  /** Of the friend that lives; null where none does. */
  get pid(): number | null {
    return this.#friend && !this.#friend.hasEnded ? this.#friend.pid : null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting?.catch(() => {});
    await Promise.all([this.#friend?.close(), this.#leaveRooms()]);
  }

  async #start(): Promise<string> {
    if (this.#friend && !this.#friend.hasEnded) return this.#friend.invite;
    await this.#leaveRooms();
    const friend = await startFriend(this.#surroundings);
    this.#friend = friend;
    this.#rooms.push(friend.room);
    if (this.#isClosed) throw gone(FRIEND_NAME, "the screen is closed");
    return friend.invite;
  }

  async #leaveRooms(): Promise<void> {
    const rooms = this.#rooms.splice(0);
    if (rooms.length === 0) return;
    try {
      const client = await this.#connect();
      for (const room of rooms) await client.request("room.leave", { room }).catch(notThere);
      client.close();
    } catch {
      // Its core has gone, or will not answer: the room stays in the list.
    }
  }
}

function notThere(error: unknown): void {
  if (!(error instanceof KeetError)) throw error;
}
