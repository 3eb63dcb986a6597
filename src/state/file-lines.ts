/** A shared file as rows: what it is, and how far it is on this device. Pure. */

import { clockOf, filesOf, rateOf, sizeOf, timeLeft } from "../amounts.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { FileView, PlayingView, TransferView } from "./model.js";
import { BLANK, type Cells, repeated, type Span, widthOf } from "./rows.js";

/** As wide as makes sense; from then on only the eye travels further. */
const MAX_BAR_COLUMNS = 23;
const MIN_BAR_COLUMNS = 6;
/** So much of a name is shown before its size moves to a line of its own. */
const MIN_NAME_COLUMNS = 12;
/** Less of a state tells nothing. */
const MIN_STATE_COLUMNS = 8;
/** An ending longer than this says nothing of what a file is. */
const MAX_ENDING_LENGTH = 8;

/** `isMine`: this person shares it. */
export function fileLines(file: FileView, isMine: boolean, columns: number, cells: Cells): Span[][] {
  const lines =
    file.voiceMs === null
      ? headLines(file, stateText(file, isMine), columns, cells)
      : [voiceLine(file, file.voiceMs, isMine, columns, cells)];
  const { transfer, playing } = file;
  // Of one that is played its own row tells what is still to come.
  if (playing) return lines;
  if (transfer?.state === "fetching" || transfer?.state === "paused" || transfer?.state === "reading") {
    lines.push([{ text: progressText(transfer, columns, cells), tone: "accent" }]);
  }
  const { reason } = transfer ?? {};
  if (reason) {
    const tone = transfer?.state === "failed" ? "bad" : "warning";
    lines.push(...cells.wrap(reason, columns).map((text): Span[] => [{ text, tone }]));
  }
  return lines;
}

/** `4.2 MB`, `5,000 files, 18.2 GB`, `voice note 0:07, 22 KB` */
export function extentOf({ bytes, files, isFolder, voiceMs }: Extent): SafeText {
  if (voiceMs) return safe`voice note ${clockOf(voiceMs)}, ${sizeOf(bytes)}`;
  return isFolder ? safe`${filesOf(files)}, ${sizeOf(bytes)}` : sizeOf(bytes);
}

type Extent = Pick<FileView, "bytes" | "files" | "isFolder"> & Partial<Pick<FileView, "voiceMs">>;

/** How far it is, in words: for lines, and beside the name. */
export function stateText({ transfer, isWhole }: FileView, isMine: boolean): SafeText | null {
  switch (transfer?.state) {
    case "queued":
      return plainText("waits its turn");
    case "reading":
      return plainText("being read in");
    case "shared":
      return plainText("shared");
    case "fetching":
      return sourcesText(transfer.sources);
    case "paused":
      return plainText("paused");
    case "here":
      return transfer.sources > 0
        ? safe`${wholeText(transfer)} · ${sourcesText(transfer.sources)!}`
        : wholeText(transfer);
    case "failed":
      return plainText("failed");
  }
  if (isMine) return isWhole ? plainText("shared") : plainText("being read in");
  return plainText("not fetched");
}

/** The same where there is no bar: `61 % so far, 2 sources`. */
export function stateWords(file: FileView, isMine: boolean): SafeText {
  const { transfer } = file;
  const state = stateText(file, isMine) ?? plainText("nobody who has it is here");
  if (transfer?.state !== "fetching" && transfer?.state !== "paused" && transfer?.state !== "failed") return state;
  const far = transfer.state === "fetching" ? safe`${percentOf(transfer)} so far, ${state}` : state;
  const at = transfer.state === "paused" ? safe`${far} at ${percentOf(transfer)}` : far;
  return transfer.reason === null ? at : safe`${at}: ${transfer.reason}`;
}

/** `61 %  3.4 MB/s  2 s  2 sources`: how far it is, for a list. */
export function farText(file: FileView, isMine: boolean): SafeText {
  const { transfer } = file;
  const isMoving = transfer?.state === "fetching" || transfer?.state === "reading";
  if (!isMoving) return transfer?.state === "here" ? hereText(transfer) : stateWords(file, isMine);
  const facts = [percentOf(transfer), ...speedOf(transfer), sourcesText(transfer.sources)];
  return safe`${facts.filter((fact) => fact !== null).join("  ")}`;
}

function hereText(transfer: TransferView): SafeText {
  const { sources } = transfer;
  return sources > 0 ? safe`${wholeText(transfer)}, sharing with ${sources}` : wholeText(transfer);
}

function wholeText({ isPart }: TransferView): SafeText {
  return plainText(isPart ? "part of it is here" : "here");
}

/** `3.4 MB/s` and `2 s`; nothing while none comes. */
export function speedOf({ bytes, of, perSecond }: Pick<TransferView, "bytes" | "of" | "perSecond">): SafeText[] {
  return perSecond > 0 ? [rateOf(perSecond), timeLeft((of - bytes) / perSecond)] : [];
}

function sourcesText(sources: number): SafeText | null {
  if (sources === 0) return null;
  return sources === 1 ? plainText("1 source") : safe`${sources} sources`;
}

/** Name and size on one line where there is room, the state behind them or below. */
function headLines(file: FileView, state: SafeText | null, columns: number, cells: Cells): Span[][] {
  const extent = extentOf(file);
  const room = columns - cells.width(safe`↧   ${extent}`);
  const stateSpan = state === null ? null : ({ text: state, tone: toneOf(file) } as Span);
  if (room < Math.min(MIN_NAME_COLUMNS, cells.width(file.name))) {
    const name: Span = { text: cells.cut(safe`↧ ${cutName(file.name, columns - 2, cells)}`, columns), tone: "accent" };
    const below = state === null ? extent : safe`${extent} · ${state}`;
    return [[name], ...cells.wrap(below, columns).map((text): Span[] => [{ text, tone: "dim" }])];
  }
  const head = safe`↧ ${cutName(file.name, room, cells)}  ${extent}`;
  const line: Span[] = [{ text: head, tone: "accent" }];
  if (stateSpan === null) return [line];
  const isBeside = cells.width(head) + 3 + cells.width(stateSpan.text) <= columns;
  if (isBeside) return [[...line, { text: plainText(" · "), tone: "dim" }, stateSpan]];
  return [line, [{ ...stateSpan, text: cells.cut(stateSpan.text, columns) }]];
}

/** `▶ voice note 0:07 · 22 KB`, or how far it is played. That it is here is nothing to know: it plays either way. */
function voiceLine(file: FileView, voiceMs: number, isMine: boolean, columns: number, cells: Cells): Span[] {
  if (file.playing) return playingLine(file.playing, voiceMs, columns, cells);
  const isQuiet = file.transfer?.state === "shared" || (file.transfer?.state === "here" && file.transfer.sources === 0);
  const state = isQuiet || (isMine && file.isWhole) ? null : stateText(file, isMine);
  const facts = safe`${clockOf(voiceMs)} · ${sizeOf(file.bytes)}`;
  const whole = safe`▶ voice note ${facts}`;
  const head = cells.width(whole) <= columns ? whole : cells.cut(safe`▶ ${facts}`, columns);
  const line: Span[] = [{ text: head, tone: "accent" }];
  const room = columns - cells.width(head) - 3;
  if (state === null || room < MIN_STATE_COLUMNS) return line;
  return [...line, { text: plainText(" · "), tone: "dim" }, { text: cells.cut(state, room), tone: toneOf(file) }];
}

/** `▶ 0:03 ▬▬▬●───── 0:07`, and why nothing is heard. What its sender says of its length is a claim. */
function playingLine(playing: PlayingView, voiceMs: number, columns: number, cells: Cells): Span[] {
  const { playedMs, isPaused, isWaiting, trouble } = playing;
  const totalMs = Math.max(voiceMs, playedMs);
  const head = safe`${isPaused ? "‖" : "▶"} ${clockOf(playedMs)} `;
  const tail = safe` ${clockOf(totalMs)}`;
  const room = columns - cells.width(head) - cells.width(tail);
  const bar = Math.min(MAX_BAR_COLUMNS, room);
  const said = trouble ?? (isWaiting ? plainText("waits for more") : isPaused ? plainText("paused") : null);
  const spans: Span[] = [
    {
      text: bar < MIN_BAR_COLUMNS ? safe`${head}of${tail}` : safe`${head}${barOf(playedMs / totalMs, bar)}${tail}`,
      tone: "accent",
    },
  ];
  const left = columns - widthOf(spans, cells) - 2;
  if (said === null || left < MIN_STATE_COLUMNS) return spans;
  return [...spans, { text: safe`  ${cells.cut(said, left)}`, tone: trouble === null ? "dim" : "warning" }];
}

function barOf(share: number, columns: number): SafeText {
  const at = Math.min(columns - 1, Math.floor(share * columns));
  return safe`${repeated("▬", at)}●${repeated("─", columns - at - 1)}`;
}

function toneOf({ transfer }: FileView): NonNullable<Span["tone"]> {
  if (transfer?.state === "failed") return "bad";
  return transfer?.state === "paused" ? "warning" : "dim";
}

/** A long name keeps its ending: that a picture is a program must be seen. */
function cutName(name: SafeText, columns: number, cells: Cells): SafeText {
  if (cells.width(name) <= columns) return name;
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= MAX_ENDING_LENGTH ? (name.slice(dot) as SafeText) : plainText("");
  const room = columns - cells.width(ending);
  if (room < 2) return cells.cut(name, columns);
  return safe`${cells.cut(name.slice(0, name.length - ending.length) as SafeText, room)}${ending}`;
}

function shareOf({ bytes, of }: TransferView): number {
  return of === 0 ? 1 : Math.min(1, Math.max(0, bytes / of));
}

function percentOf(transfer: TransferView): SafeText {
  return safe`${Math.floor(shareOf(transfer) * 100)} %`;
}

/** `██████░░░░  61 %  3.4 MB/s  2 s`: as many of them as fit, the bar taking what is left. */
function progressText(transfer: TransferView, columns: number, cells: Cells): SafeText {
  const facts = [percentOf(transfer), ...(transfer.state === "fetching" ? speedOf(transfer) : [])];
  let text = facts[0]!;
  for (const fact of facts.slice(1)) {
    const longer = safe`${text}  ${fact}`;
    if (cells.width(longer) + 2 + MIN_BAR_COLUMNS <= columns) text = longer;
  }
  const bar = Math.min(MAX_BAR_COLUMNS, columns - 2 - cells.width(text));
  if (bar < MIN_BAR_COLUMNS) return cells.cut(text, columns);
  const filled = Math.floor(shareOf(transfer) * bar);
  return safe`${repeated("█", filled)}${repeated("░", bar - filled)}${BLANK}${BLANK}${text}`;
}
