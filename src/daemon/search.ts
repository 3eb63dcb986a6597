import type { Core } from "../p2p/index.js";
import type { ParamsOf, SearchResult } from "../rpc/methods.js";

export class Search {
  constructor(_core: Core) {}

  async find(_params: ParamsOf<"message.search">): Promise<SearchResult> {
    return { messages: [], more: null, incomplete: [] };
  }
}
