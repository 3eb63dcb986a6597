/** A file for players on this machine, by HTTP, while it comes: what they ask for is fetched first. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo } from "../rpc/methods.js";
import { type ByteRange, rangeIn } from "./byte-range.js";
import { openPlace, place } from "./file-common.js";

/** Nobody but this machine. */
const HOST = "127.0.0.1";
const CHUNK_BYTES = 256 * 1024;
const MAX_CONNECTIONS = 64;
/** What a name may say of its file. Nothing that a browser would run: those are bytes. */
const TYPES: Readonly<Record<string, string>> = {
  ".mkv": "video/x-matroska",
  ".mp4": "video/mp4",
  ".m4v": "video/mp4",
  ".mov": "video/quicktime",
  ".webm": "video/webm",
  ".avi": "video/x-msvideo",
  ".ogv": "video/ogg",
  ".ts": "video/mp2t",
  ".mp3": "audio/mpeg",
  ".m4a": "audio/mp4",
  ".aac": "audio/aac",
  ".flac": "audio/flac",
  ".oga": "audio/ogg",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".wav": "audio/wav",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

export interface FileServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `name` and `bytes` of the one file that is meant, which may be a part of a folder. */
export async function serveFile(
  core: RpcClient,
  { message, name, bytes }: { readonly message: MessageInfo; readonly name: string; readonly bytes: number },
): Promise<FileServer> {
  const served = { core, message, bytes, path: pathFor(name) };
  const server = createServer((request, response) => {
    // Whoever asked has gone, or nobody can give it any more: then the connection ends, and that says it.
    answer(request, response, served).catch(() => response.destroy());
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((done, failed) => {
    server.once("error", failed).listen(0, HOST, done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}${served.path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Nobody guesses it, and a player sees what kind of file it is. */
function pathFor(name: string): string {
  const ending = extname(name).toLowerCase();
  return `/${randomBytes(16).toString("hex")}/file${ending in TYPES ? ending : ""}`;
}

interface Served {
  readonly core: RpcClient;
  readonly message: MessageInfo;
  readonly bytes: number;
  readonly path: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { method, url, headers, socket } = request;
  // A page in a browser reaches this machine under a name of its own, if it can; ours is no name.
  if (headers.host !== `${HOST}:${socket.localPort}`) return refuse(response, 403);
  if (url !== served.path) return refuse(response, 404);
  if (method !== "GET" && method !== "HEAD") return refuse(response, 405, { Allow: "GET, HEAD" });
  const { bytes: size } = served;
  // The same for as long as this runs, and there is no other time.
  const tag = `"${served.message.id}"`;
  const isOther = headers["if-range"] !== undefined && headers["if-range"] !== tag;
  const range = isOther ? "whole" : rangeIn(headers.range, size);
  if (range === "none") return refuse(response, 416, { "Content-Range": `bytes */${size}` });
  const { from, to } = range === "whole" ? { from: 0, to: size - 1 } : range;
  response.writeHead(range === "whole" ? 200 : 206, {
    ...SAFE_HEADERS,
    "Content-Type": TYPES[extname(served.path)] ?? "application/octet-stream",
    "Content-Length": to - from + 1,
    "Accept-Ranges": "bytes",
    ETag: tag,
    ...(range === "whole" ? {} : { "Content-Range": `bytes ${from}-${to}/${size}` }),
  });
  // A player knows how long it is before the first byte is here.
  response.flushHeaders();
  if (method === "HEAD" || to < from) response.end();
  else await pipeline(Readable.from(bytesOf(served, { from, to }), { objectMode: false }), response);
}

const SAFE_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "sandbox; default-src 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...SAFE_HEADERS, "Content-Length": 0, ...headers }).end();
}

/** Each as soon as it and those before it are here. */
async function* bytesOf({ core, message }: Served, { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
  const { room, id, writer } = message;
  // The same file under another name once it is whole.
  const { handle, bytes } = await openPlace(core, { room, id, writer, offset: from }, null);
  try {
    let until = from + bytes;
    for (let at = from; at <= to; ) {
      if (at >= until) until = at + (await place(core, { room, id, writer, offset: at }, null)).bytes;
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, until - at, to + 1 - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new Error("the file ended before its end");
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
