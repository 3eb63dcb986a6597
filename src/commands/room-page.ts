import { plainText, safe } from "../safe-text.js";
import { dayName, timeOf } from "../state/local-time.js";
import type { RoomDetailView } from "../state/model.js";
import { isMuted, momentText, whoMay } from "../state/room-words.js";
import type { Page } from "./define.js";

type Row = Page["rows"][number];

const KINDS = {
  group: plainText("a room for any number of people"),
  direct: plainText("a room for two"),
  broadcast: plainText("a room in which moderators write and others read"),
};
/** Beside the label of the row above. */
const UNDER = plainText(" ");
/** Enough of a hash to be read to each other. */
const HASH_DIGITS = 16;

/** `/room`: first what a person wants to know, then how well it is, then what only a report of a fault needs. */
export function roomPage(detail: RoomDetailView, now: number): Page {
  return {
    title: safe`About ${detail.name}`,
    rows: [...alarmRows(detail, now), ...aboutRows(detail, now), ...healthRows(detail, now), ...innerRows(detail)],
  };
}

function alarmRows(detail: RoomDetailView, now: number): Row[] {
  if (detail.alarm === null && detail.divergences.length === 0) return [];
  return [
    { label: plainText("alarm"), text: detail.alarm ?? plainText("two histories under one name"), isWarning: true },
    ...detail.divergences.map(({ name, writer, length, here, there, told, at }) => {
      const whose = name ?? safe`a device ${writer.slice(0, 8)}…`;
      const when = at === null ? "" : safe`, ${momentText(at, now)}`;
      return {
        label: UNDER,
        text: safe`${whose}, block ${length}: ${here.slice(0, HASH_DIGITS)} here, ${there.slice(0, HASH_DIGITS)} at ${told}${when}`,
        isWarning: true,
      };
    }),
    {
      text: plainText(
        "Somebody wrote twice under one name, or a copy of a profile was used. Ask whose it is by another way.",
      ),
      isWarning: true,
    },
  ];
}

function aboutRows(detail: RoomDetailView, now: number): Row[] {
  const { createdAt, rights } = detail;
  const muted = Number.isFinite(detail.mutedUntil)
    ? safe`until ${momentText(detail.mutedUntil!, now)}`
    : plainText("until /unmute");
  return [
    ...(detail.state === "open"
      ? []
      : [{ label: plainText("state"), text: safe`${detail.state}: ${detail.reason ?? ""}`, isWarning: true }]),
    { label: plainText("kind"), text: KINDS[detail.kind] },
    { label: plainText("topic"), text: detail.topic === "" ? plainText("none") : detail.topic },
    ...(createdAt === null
      ? []
      : [{ label: plainText("made"), text: safe`${dayName(createdAt, now)}, ${timeOf(createdAt)}` }]),
    { label: plainText("you are"), text: safe`${detail.role ?? "not a member yet"}` },
    { label: plainText("people"), text: safe`${detail.members}, ${detail.peers} connected to you now` },
    {
      label: plainText("may"),
      text: safe`write: ${whoMay(rights.post)} · invite: ${whoMay(rights.invite)} · share: ${whoMay(rights.share)} · call: ${whoMay(rights.call)}`,
    },
    ...(detail.continuedBy === null
      ? []
      : [{ label: plainText("goes on"), text: plainText("in a new room; this one is to read") }]),
    ...(detail.continues === null ? [] : [{ label: plainText("goes on"), text: plainText("from an older room") }]),
    ...(isMuted(detail, now) ? [{ label: plainText("muted"), text: muted }] : []),
  ];
}

function healthRows(detail: RoomDetailView, now: number): Row[] {
  return [
    ...(detail.fetched === null
      ? []
      : [
          {
            label: plainText("history"),
            text: safe`${Math.floor(detail.fetched * 100)} % of it is here`,
            isWarning: true,
          },
        ]),
    ...(detail.behind === 0
      ? []
      : [{ label: plainText("behind"), text: safe`${detail.behind} blocks`, isWarning: true }]),
    ...detail.has.map(({ name, blocks, of }, index) => ({
      label: index === 0 ? plainText("who has it") : UNDER,
      text: blocks >= of ? safe`${name} has all of it` : safe`${name} has ${blocks} of ${of} blocks`,
      isWarning: blocks < of,
    })),
    ...detail.signers.map(({ name, here, seenAt }, index) => {
      const seen = here ? "here" : seenAt === null ? "not seen yet" : safe`last here ${momentText(seenAt, now)}`;
      return { label: index === 0 ? plainText("settled by") : UNDER, text: safe`a device of ${name}, ${seen}` };
    }),
    ...(detail.risk === null ? [] : [{ label: plainText("risk"), text: detail.risk, isWarning: true }]),
  ];
}

function innerRows(detail: RoomDetailView): Row[] {
  return [
    {
      label: plainText("messages"),
      text: safe`${detail.viewLength} entries, ${detail.signedLength} of them settled, devices that settle: ${detail.indexers}`,
    },
    { label: plainText("checksum"), text: safe`${detail.viewHash}` },
    ...detail.leftOut.map(({ reason, count }) => ({
      label: plainText("left out"),
      text: safe`${count} that were ${reason}`,
      isWarning: true,
    })),
  ];
}
