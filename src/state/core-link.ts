import { KeetError } from "../errors.js";
import type { RequestOptions, RpcClient } from "../rpc/client.js";
import type { MethodName, ParamsOf, ResultOf } from "../rpc/methods.js";

/** What state needs of a connection to the core; the rpc client is one. */
export type CoreLink = Pick<RpcClient, "request" | "attach" | "cursor" | "onEvent" | "onClose" | "close">;

export type Request = <M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  options?: RequestOptions,
) => Promise<ResultOf<M>>;

/** The connection ended before the answer came: whether it was done is not known, so ask again with the same id. */
export function coreGone(cause: unknown): KeetError {
  return new KeetError("peer", "CORE_GONE", "The background part stopped before it answered.", { cause });
}

/** The screen is closing; nobody waits for this any more. */
export function closed(): KeetError {
  return new KeetError("peer", "CLOSED", "This screen is closing.");
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof KeetError && error.code === code;
}
