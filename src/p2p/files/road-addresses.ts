/**
 * Which addresses are named to a peer, and which of those that a peer names are called. By naming addresses nobody may
 * make this machine call on somebody else, nor learn more of its networks than the chat's own connection shows.
 */
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { MAX_ADDRESSES } from "./road-offer.js";

const LOOPBACK = listOf(["127.0.0.0", 8], ["::1", 128]);
/** Those of one local network or tunnel; link-local ones are none, they mean another machine on each interface. */
const PRIVATE = listOf(["10.0.0.0", 8], ["172.16.0.0", 12], ["192.168.0.0", 16], ["100.64.0.0", 10], ["fc00::", 7]);
const LINK_LOCAL = listOf(["169.254.0.0", 16], ["fe80::", 10]);

function listOf(...subnets: readonly (readonly [string, number])[]): BlockList {
  const all = new BlockList();
  for (const [net, prefix] of subnets) all.addSubnet(net, prefix, familyOf(net));
  return all;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

const isIn = (all: BlockList, address: string) => isIP(address) !== 0 && all.check(address, familyOf(address));

export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

function isThisMachine(address: string, own: readonly string[]): boolean {
  // Not by the text: an IPv6 address has many.
  return (
    isIn(LOOPBACK, address) || isIn(listOf(...own.map((one) => [one, isIP(one) === 6 ? 128 : 32] as const)), address)
  );
}

/**
 * @param remoteHost where the chat's connection to that peer goes; null: not known
 * @param isLan whether addresses other than loopback may be named
 */
export function addressesFor(remoteHost: string | null, isLan: boolean, own = ownAddresses()): string[] {
  if (remoteHost === null) return [];
  if (isThisMachine(remoteHost, own)) return ["127.0.0.1"];
  if (!isLan) return [];
  const isNear = isIn(PRIVATE, remoteHost);
  return own
    .filter((address) => !isIn(LOOPBACK, address) && !isIn(LINK_LOCAL, address))
    .filter((address) => (isNear ? isIn(PRIVATE, address) : isInUse(address, remoteHost)))
    .sort((a, b) => alike(b, remoteHost) - alike(a, remoteHost))
    .slice(0, MAX_ADDRESSES);
}

/** The chat goes over the internet: what it does not use of it, such as another family's address, is not shown. */
function isInUse(address: string, remoteHost: string): boolean {
  return !isIn(PRIVATE, address) && isIP(address) === isIP(remoteHost);
}

/** How many characters two begin with alike: the network they share comes first where there are many. */
function alike(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** Whether an address that a peer names may be called. */
export function mayCall(address: string, remoteHost: string | null, own = ownAddresses()): boolean {
  if (remoteHost === null) return false;
  if (isThisMachine(address, own)) return isThisMachine(remoteHost, own);
  return address === remoteHost || (isIn(PRIVATE, address) && isIn(PRIVATE, remoteHost));
}
