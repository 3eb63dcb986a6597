// Listings of each system are recorded text; what a listing has from a device is foreign text.
import t from "tap";
import {
  parseAlsa,
  parseAudioToolbox,
  parseAvfoundation,
  parseDirectShow,
  parsePulse,
} from "../../src/media/device-listings.js";
import { type Device, findDevice, listDevices, listEnd, preferred } from "../../src/media/devices.js";
import { fileNamed } from "../../src/media/sound-end.js";
import { safeName } from "../../src/safe-text.js";
import { MICROPHONE, SoundCard, SPEAKER, withoutSound } from "../helpers/sound-card.js";

const PULSE = `Auto-detected sources for pulse:
  alsa_output.pci-0000_00_1f.3.analog-stereo.monitor [Monitor of Built-in Audio Analog Stereo] (none)
* alsa_input.pci-0000_00_1f.3.analog-stereo [Built-in Audio Analog Stereo] (none)
  alsa_input.usb-046d_Headset-00.mono-fallback [Headset [USB] Mono] (audio)
  echo-cancel-source [Echo-Cancel Source]
`;

t.test("PulseAudio and PipeWire, with and without what stands behind the name", (t) => {
  t.match(parsePulse(PULSE), [
    { id: /monitor$/, isMonitor: true, isDefault: false },
    { id: "alsa_input.pci-0000_00_1f.3.analog-stereo", name: "Built-in Audio Analog Stereo", isDefault: true },
    { id: /usb/, name: "Headset [USB] Mono", isDefault: false, isMonitor: false },
    { id: "echo-cancel-source", name: "Echo-Cancel Source" },
  ]);
  t.same(parsePulse("Auto-detected sources for pulse:\n"), []);
  t.end();
});

t.test("ALSA: the default, and of the many ways to a card those that others can share", (t) => {
  const listed = parseAlsa(`Auto-detected sources for alsa:
  null [Discard all samples (playback) or generate zero samples (capture)]
  hw:CARD=PCH,DEV=0 [HDA Intel PCH, ALC257 Analog]
  plughw:CARD=PCH,DEV=0 [HDA Intel PCH, ALC257 Analog]
  sysdefault:CARD=PCH [HDA Intel PCH, ALC257 Analog]
`);
  t.same(
    listed.map(({ id }) => id),
    ["default", "plughw:CARD=PCH,DEV=0", "sysdefault:CARD=PCH"],
  );
  t.equal(listed[0]?.isDefault, true);
  t.end();
});

t.test("Core Audio: microphones below their heading, speakers with what identifies them", (t) => {
  const microphones = parseAvfoundation([
    "[AVFoundation indev @ 0x7f8] AVFoundation video devices:",
    "[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera",
    "[AVFoundation indev @ 0x7f8] AVFoundation audio devices:",
    "[AVFoundation indev @ 0x7f8] [0] MacBook Pro Microphone",
    "[AVFoundation indev @ 0x7f8] [1] AirPods",
    ": Input/output error",
  ]);
  t.same(
    microphones.map(({ id }) => id),
    ["default", "MacBook Pro Microphone", "AirPods"],
  );
  const speakers = parseAudioToolbox([
    "[AudioToolbox @ 0x7f9] CoreAudio devices:",
    "[AudioToolbox @ 0x7f9] [0]         MacBook Pro Microphone, BuiltInMicrophoneDevice",
    "[AudioToolbox @ 0x7f9] [1]           MacBook Pro Speakers, BuiltInSpeakerDevice",
  ]);
  t.match(speakers[2], { id: "1", name: "MacBook Pro Speakers" });
  t.end();
});

t.test("DirectShow, of ffmpeg before and since 5", (t) => {
  const since = parseDirectShow([
    '[dshow @ 01] "Integrated Camera" (video)',
    '[dshow @ 01]   Alternative name "@device_pnp_x"',
    '[dshow @ 01] "Microphone (Realtek(R) Audio)" (audio)',
    '[dshow @ 01]   Alternative name "@device_cm_{33D9A762}\\wave_{1}"',
    "dummy: Immediate exit requested",
  ]);
  const before = parseDirectShow([
    "[dshow @ 01] DirectShow video devices (some may be both video and audio devices)",
    '[dshow @ 01]  "Integrated Camera"',
    "[dshow @ 01] DirectShow audio devices",
    '[dshow @ 01]  "Microphone (Realtek(R) Audio)"',
    '[dshow @ 01]     Alternative name "@device_cm_{33D9A762}\\wave_{1}"',
  ]);
  const microphone = { id: "@device_cm_{33D9A762}\\wave_{1}", name: "Microphone (Realtek(R) Audio)", isDefault: true };
  t.same(since, [microphone]);
  t.same(before, [microphone]);
  t.end();
});

function device(id: string, more: Partial<Device> = {}): Device {
  return { id, name: safeName(id), isDefault: false, cancelsEcho: false, isMonitor: false, ...more };
}

t.test("who chose none gets what takes out the echo, else the default, and never what a speaker plays", (t) => {
  const all = [
    device("a.monitor", { isMonitor: true, isDefault: true }),
    device("b"),
    device("c", { isDefault: true }),
  ];
  t.equal(preferred(all)?.id, "c");
  t.equal(preferred([...all, device("d", { cancelsEcho: true })])?.id, "d");
  t.equal(preferred(all.slice(0, 1)), null);
  const devices = { microphones: all, speakers: [] };
  t.equal(findDevice(devices, "microphone", null).id, "default", "whichever that is at the time");
  t.equal(findDevice(devices, "microphone", "a.monitor").id, "a.monitor", "by name all can be had");
  t.throws(() => findDevice(devices, "microphone", "x\u001b[2J"), {
    code: "NO_SUCH_DEVICE",
    hint: /There are: b, c\./,
  });
  t.throws(() => findDevice(devices, "speaker", null), { code: "NO_SOUND_DEVICE" });
  t.end();
});

t.test("files in place of devices", (t) => {
  t.match(fileNamed("file:talk.wav", "microphone", "/tmp/x"), {
    path: "/tmp/x/talk.wav",
    name: "talk.wav",
    loops: false,
  });
  t.match(fileNamed("loop:/a/b.wav", "microphone"), { path: "/a/b.wav", loops: true });
  t.match(fileNamed("file:-", "microphone"), { path: "-" });
  t.equal(fileNamed("alsa_input.x", "microphone"), null);
  for (const said of ["file:", "loop:-"]) t.throws(() => fileNamed(said, "microphone"), { code: "USAGE" }, said);
  for (const said of ["file:-", "loop:a.wav"]) t.throws(() => fileNamed(said, "speaker"), { code: "USAGE" }, said);
  t.end();
});

t.test(
  "a real sound server is asked, and a name that plays tricks is made harmless",
  { skip: withoutSound },
  async (t) => {
    const card = await SoundCard.open(t);
    const description = "description='evil \u202ename\u200b'";
    card.pactl("load-module", "module-null-source", "source_name=evil", description);
    card.pactl("load-module", "module-null-sink", "sink_name=room.echo-cancel");
    const { microphones, speakers } = await listDevices(card.ffmpeg, card.env);
    t.match(
      microphones.find(({ id }) => id === MICROPHONE),
      { isDefault: true, isMonitor: false },
    );
    t.equal(microphones.find(({ id }) => id === `${SPEAKER}.monitor`)?.isMonitor, true);
    const evil = microphones.find(({ id }) => id === "evil");
    t.match(evil?.name, /evil.*name/);
    t.notMatch(evil?.name, /[\u202e\u200b]/);
    t.equal(preferred(speakers)?.id, "room.echo-cancel");
    t.equal(speakers.find(({ id }) => id === SPEAKER)?.isDefault, true);
    await card.stop();
    t.same(await listDevices(card.ffmpeg, card.env), { microphones: [], speakers: [] });
    t.equal(await listEnd(card.ffmpeg, "speaker", card.env), null, "nobody to ask is another thing than none");
    t.equal(await listEnd(card.ffmpeg, "speaker", card.env), null, "nobody to ask is another thing than none");
  },
);
