// What systems say when a device cannot be had, recorded, and what people are told of it.
import t from "tap";
import { installCommand, soundFailure } from "../../src/media/sound-errors.js";
import { safeLine } from "../../src/safe-text.js";

const NAME = safeLine("Headset");

for (const [line, code] of [
  ["[alsa @ 0x55] cannot open audio device hw:0 (Device or resource busy)", "MIC_BUSY"],
  ["Could not run graph (sometimes caused by a device already in use by other application)", "MIC_BUSY"],
  ["[alsa @ 0x55] cannot open audio device hw:0 (Permission denied)", "MIC_NOT_ALLOWED"],
  ["[alsa @ 0x55] cannot open audio device hw:0 (No such file or directory)", "MIC_GONE"],
  ["test-microphone: Input/output error", "MIC_GONE"],
  ["test-microphone: No such process", "SOUND_SERVER_GONE"],
  ["something nobody has seen yet", "MIC_GONE"],
] as const) {
  t.test(`${code}: ${line}`, (t) => {
    const error = soundFailure("microphone", NAME, ["a line before it", line, "hw:0: it goes on"]);
    t.match(error, { family: "device", code });
    t.ok(error.hint, "there is something to do");
    t.same(error.data.ffmpeg, ["a line before it", line, "hw:0: it goes on"]);
    t.end();
  });
}

t.test("what ffmpeg says is made harmless, and a speaker has codes of its own", (t) => {
  const error = soundFailure("speaker", NAME, ["\u001b]0;title\u0007odd\u202e"]);
  t.equal(error.code, "SPEAKER_GONE");
  t.notMatch(`${error.hint}${JSON.stringify(error.data)}`, /[\u001b\u0007\u202e]/);
  t.match(error.message, /Headset/);
  t.equal(soundFailure("speaker", NAME, ["Stream failed."]).code, "SPEAKER_GONE");
  t.end();
});

t.test("how to get ffmpeg, by system", (t) => {
  t.equal(installCommand("darwin"), "brew install ffmpeg");
  t.equal(installCommand("win32"), "winget install Gyan.FFmpeg");
  for (const [release, command] of [
    ["ID=debian\n", "sudo apt-get install ffmpeg"],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt-get install ffmpeg"],
    ["NAME=x\nID=fedora\n", "sudo dnf install ffmpeg-free"],
    ["ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S ffmpeg"],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "sudo zypper install ffmpeg"],
    ["ID=alpine\n", "sudo apk add ffmpeg"],
    ["", "the package ffmpeg of your system"],
  ] as const) {
    t.equal(installCommand("linux", release), command);
  }
  t.end();
});

t.test("what the system says is not there is gone, whatever was said of it before", (t) => {
  const error = soundFailure("microphone", NAME, null);
  t.match(error, {
    code: "MIC_GONE",
    message: /^The microphone .* is gone$/,
    hint: /^Plug it in/,
    data: { ffmpeg: [] },
  });
  t.end();
});
