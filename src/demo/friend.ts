/** The echo friend, for a screen: at most one at a time, gone with whoever started it. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import { type Surroundings, ThrowAway } from "./throw-away.js";

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
  #friend: Promise<Friend> | null = null;
  #living: Friend | null = null;
  #rooms: string[] = [];

  /** `connect` reaches the core of the person who tries it. */
  constructor(surroundings: Surroundings, connect: () => Promise<RpcClient>) {
    this.#surroundings = surroundings;
    this.#connect = connect;
  }

  /** An invite of the friend's room; of the same friend as long as it lives. */
  readonly start = async (): Promise<string> => {
    const known = await this.#friend?.catch(() => null);
    if (known && !known.hasEnded) return known.invite;
    await this.#leaveRooms();
    this.#friend = startFriend(this.#surroundings);
    const friend = await this.#friend;
    this.#living = friend;
    this.#rooms.push(friend.room);
    return friend.invite;
  };

  /** Of the friend that lives; null where none does. */
  get pid(): number | null {
    return this.#living && !this.#living.hasEnded ? this.#living.pid : null;
  }

  async close(): Promise<void> {
    const friend = await this.#friend?.catch(() => null);
    await Promise.all([friend?.close(), this.#leaveRooms()]);
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
