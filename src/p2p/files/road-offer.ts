/**
 * How a peer says where it can be reached for a further stream. It goes over the room's own channel, so who says it is
 * known; what is said is still hostile. docs/protocol.md has the bytes.
 */
import { isIP } from "node:net";
import c, { type Codec } from "compact-encoding";
import { list, nullable, struct } from "../codec.js";

export const MAX_OFFER_BYTES = 1_024;
export const MAX_ADDRESSES = 8;
/** Below are the ports of a machine's own services. */
const MIN_PORT = 1_024;
const MAX_PORT = 65_535;

export interface TcpPlace {
  readonly port: number;
  readonly addresses: readonly string[];
}

export interface RoadOffer {
  /** 32 bytes, for the peer it was made for, once. */
  readonly token: Uint8Array;
  readonly tcp: TcpPlace | null;
  /** A key to be found on the DHT. */
  readonly dht: Uint8Array | null;
}

const tcpCodec = struct<TcpPlace>({
  port: c.uint,
  addresses: list(c.string, MAX_ADDRESSES) as Codec<readonly string[]>,
});
const codec = struct<RoadOffer>({ token: c.fixed32, tcp: nullable(tcpCodec), dht: nullable(c.fixed32) });

/** @throws RangeError where it is no offer that anybody would read */
export function encodeRoadOffer(offer: RoadOffer): Buffer {
  check(offer);
  return c.encode(codec, offer);
}

/** @throws RangeError for any bytes that are none */
export function decodeRoadOffer(bytes: Uint8Array): RoadOffer {
  if (bytes.byteLength > MAX_OFFER_BYTES) throw new RangeError(`an offer of ${bytes.byteLength} bytes`);
  const offer = parse(bytes);
  check(offer);
  return offer;
}

function parse(bytes: Uint8Array): RoadOffer {
  try {
    return c.decode(codec, bytes);
  } catch (cause) {
    throw new RangeError("bytes that are no offer", { cause });
  }
}

function check({ token, tcp, dht }: RoadOffer): void {
  if (token.byteLength !== 32 || (dht && dht.byteLength !== 32)) throw new RangeError("a key that has not 32 bytes");
  if (!tcp) return;
  const { port, addresses } = tcp;
  if (!(port >= MIN_PORT && port <= MAX_PORT)) throw new RangeError(`no port for a road: ${port}`);
  if (addresses.length > MAX_ADDRESSES) throw new RangeError(`${addresses.length} addresses`);
  // With a zone it would name an interface of whoever reads it.
  if (!addresses.every((address) => isIP(address) !== 0 && !address.includes("%"))) {
    throw new RangeError("an address that is none");
  }
}
