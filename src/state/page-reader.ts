import type { MessageInfo, Page } from "../rpc/methods.js";
import type { Request } from "./core-link.js";

export const PAGE_LENGTH = 100;
/** The most `message.list` gives at once. */
const MAX_PAGE_LENGTH = 200;

/** Runs of a room's order, asked for page by page. */
export class PageReader {
  readonly #room: string;
  readonly #request: Request;

  constructor(room: string, request: Request) {
    this.#room = room;
    this.#request = request;
  }

  async last(): Promise<Page> {
    return await this.#request("message.list", { room: this.#room, limit: PAGE_LENGTH });
  }

  /** At most `limit` rows from a place on; the last page where there is none any more. */
  async from(first: number, limit: number): Promise<Page> {
    const messages: MessageInfo[] = [];
    let page: Page;
    do {
      const ask = { from: first + messages.length, limit: Math.min(MAX_PAGE_LENGTH, limit - messages.length) };
      page = await this.#request("message.list", { room: this.#room, ...ask });
      messages.push(...page.messages);
    } while (page.messages.length > 0 && first + messages.length < page.total && messages.length < limit);
    return messages.length === 0 ? await this.last() : { ...page, messages };
  }
}
