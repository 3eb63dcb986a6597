import b4a from "b4a";

export function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, "hex");
}
