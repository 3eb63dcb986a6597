import type { Page, ParamsOf, Role } from "../rpc/methods.js";
import { type SafeText, safeText } from "../safe-text.js";
import { hasCode } from "./core-link.js";
import type { MemberView, PersonView, RoomView } from "./model.js";
import type { Session } from "./session.js";
import { memberView, personView } from "./views.js";

const LONG_NOTICE_MS = 60_000;

export interface Repaired {
  /** What was done, as sentences in order. */
  readonly done: readonly SafeText[];
  readonly room: RoomView;
}

/** What one may do to a room and to the people in it. What the room refuses is thrown in the core's words. */
export class Running {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async set(room: string, change: Omit<ParamsOf<"room.set">, "room">): Promise<RoomView> {
    return this.#session.takeRoom(await this.#session.request("room.set", { room, ...change }));
  }

  async setRole(room: string, person: string, role: Role): Promise<MemberView> {
    return memberView(await this.#session.request("room.role", { room, person, role }));
  }

  async remove(room: string, person: string): Promise<void> {
    await this.#session.request("room.remove", { room, person });
  }

  async renew(room: string): Promise<RoomView> {
    return this.#session.takeRoom(await this.#session.request("room.renew", { room }, { timeoutMs: 0 }));
  }

  /** As long as it takes: it reads the logs of the others too. */
  async repair(room: string): Promise<Repaired> {
    this.tell("Building this room anew from its logs; this can take a while");
    const { done, room: info } = await this.#session.request("room.repair", { room }, { timeoutMs: 0 });
    return { done: done.map((step) => safeText(step)), room: this.#session.takeRoom(info) };
  }

  async setPrefs(room: string, change: Omit<ParamsOf<"room.prefs">, "room">): Promise<RoomView> {
    return this.#session.takeRoom(await this.#session.request("room.prefs", { room, ...change }));
  }

  /** Takes away the mark that was set by hand. */
  async setRead(room: string): Promise<void> {
    await this.setPrefs(room, { unread: false });
  }

  /** `room`: where the person was named, so that a name is understood as people there read it. */
  async openDirect(person: string, room: string | null): Promise<RoomView> {
    const where = room === null ? {} : { room };
    return this.#session.takeRoom(await this.#session.request("direct.open", { person, ...where }));
  }

  async acceptDirect(room: string): Promise<RoomView> {
    return this.#session.takeRoom(await this.#session.request("direct.accept", { room }));
  }

  async block(person: string, room: string | null, blocked: boolean): Promise<PersonView> {
    const where = room === null ? {} : { room };
    return personView(await this.#session.request("person.block", { person, ...where, blocked }));
  }

  async blocked(): Promise<readonly PersonView[]> {
    return (await this.#session.request("person.blocked", {})).map(personView);
  }

  /** Rows of a room by place, as the wire has them: for what is written to a file. A core that is lost is asked again. */
  async readRows(room: string, ask: { readonly from: number; readonly limit: number }): Promise<Page> {
    for (;;) {
      try {
        return await this.#session.request("message.list", { room, ...ask });
      } catch (error) {
        if (!hasCode(error, "CORE_GONE")) throw error;
      }
    }
  }

  /** What goes on takes a while: said in the row above the composer until something else is. */
  tell(text: string): void {
    this.#session.tell(text, { staysMs: LONG_NOTICE_MS });
  }
}
