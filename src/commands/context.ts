import type { Calls } from "../state/calls.js";
import type { Messaging } from "../state/messaging.js";
import type {
  DebugInfo,
  Fact,
  Finding,
  IdentityView,
  InviteView,
  MemberView,
  NetworkView,
  RoomDetailView,
  RoomView,
  Told,
  VerifyView,
} from "../state/model.js";
import type { NotePlaying } from "../state/note-playing.js";
import type { Running } from "../state/running.js";
import type { Settings } from "../state/settings.js";
import type { Sharing } from "../state/sharing.js";
import type { VoiceRecorder } from "../state/voice-recorder.js";

/** Running a room: state/running.ts. What the room refuses is thrown in the core's words. */
export type RunningContext = Pick<Running, keyof Running>;

/** What one may do with a message: state/messaging.ts. */
export type MessagingContext = Pick<Messaging, keyof Messaging>;

/** Files of a room: state/sharing.ts. */
export type FilesContext = Pick<Sharing, keyof Sharing>;

/** Calls: state/calls.ts. */
export type CallsContext = Pick<Calls, keyof Calls>;

/** Voice notes: state/voice-recorder.ts, state/note-playing.ts. */
export type VoiceContext = Pick<VoiceRecorder, "begin" | "send" | "drop">;
export type PlayingContext = Pick<NotePlaying, "toggle" | "stop">;

export type SettingsContext = Pick<Settings, "values" | "specs" | "named" | "valuesOf" | "valueOf" | "isKept" | "set">;

/** What a command may touch; state/actions.ts has it all. */
export interface CommandContext {
  readonly now: () => number;
  readonly running: RunningContext;
  readonly messages: MessagingContext;
  readonly settings: SettingsContext;
  readonly files: FilesContext;
  readonly calls: CallsContext;
  readonly voice: VoiceContext;
  readonly playing: PlayingContext;
  /** Id of the room on screen. */
  where(): string | null;
  /** The room on screen; throws where there is none. */
  here(): RoomView;
  rooms(): readonly RoomView[];
  members(): readonly MemberView[];
  identity(): IdentityView;
  createRoom(name: string): Promise<RoomView>;
  joinRoom(invite: string): Promise<RoomView>;
  invite(room: string, options: { uses?: number; expiresMs?: number }): Promise<InviteView>;
  invites(room: string): Promise<readonly InviteView[]>;
  revoke(room: string, invite: string): Promise<InviteView>;
  roomDetail(room: string): Promise<RoomDetailView>;
  leaveRoom(room: string): Promise<void>;
  rename(name: string): Promise<IdentityView>;
  loadMembers(room: string): Promise<readonly MemberView[]>;
  send(room: string, text: string, options: { action: boolean }): void;
  /** The message selected, or the last one of somebody else. */
  verify(): Promise<VerifyView>;
  network(): Promise<NetworkView>;
  /** What a report of a fault says of this front end. */
  facts(): readonly Fact[];
  /** Of the core and the room on screen; null where no core answers. */
  debug(): Promise<DebugInfo | null>;
  /** What `keet-tui doctor` finds, one by one. */
  doctor(): AsyncIterable<Finding>;
  /** What was said above the line, the latest last. */
  told(): readonly Told[];
  /** Starts the echo friend; gives the room to open when it is there. */
  startDemo(): Promise<string>;
  /** Hands a file of this machine to the system's program for it; throws where there is none. */
  openPath(path: string): Promise<void>;
  /** The background part goes on when this screen is gone; a warning where the system may end it all the same. */
  stay(): Promise<string | null>;
}
