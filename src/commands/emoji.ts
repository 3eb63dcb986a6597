/** Shortcodes that Tab completes; what is sent is the character. */
const TABLE =
  "smile 😄 grin 😁 joy 😂 rofl 🤣 wink 😉 blush 😊 heart_eyes 😍 kiss 😘 thinking 🤔 neutral 😐 unamused 😒 roll_eyes 🙄 " +
  "sweat_smile 😅 sunglasses 😎 nerd 🤓 confused 😕 worried 😟 cry 😢 sob 😭 angry 😠 rage 😡 scream 😱 sleepy 😪 sleeping 😴 " +
  "zany 🤪 shush 🤫 salute 🫡 shrug 🤷 facepalm 🤦 wave 👋 thumbsup 👍 thumbsdown 👎 ok_hand 👌 clap 👏 pray 🙏 muscle 💪 " +
  "point_up ☝️ point_right 👉 point_left 👈 fingers_crossed 🤞 handshake 🤝 raised_hands 🙌 eyes 👀 brain 🧠 heart ❤️ " +
  "broken_heart 💔 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 sparkles ✨ star ⭐ fire 🔥 tada 🎉 balloon 🎈 " +
  "gift 🎁 trophy 🏆 medal 🏅 rocket 🚀 bulb 💡 bell 🔔 lock 🔒 unlock 🔓 key 🔑 hammer 🔨 wrench 🔧 gear ⚙️ bug 🐛 package 📦 " +
  "memo 📝 book 📖 pencil ✏️ pin 📌 paperclip 📎 link 🔗 mag 🔍 chart 📈 calendar 📅 clock 🕐 hourglass ⏳ phone 📞 " +
  "laptop 💻 keyboard ⌨️ floppy 💾 camera 📷 mic 🎤 headphones 🎧 music 🎵 film 🎬 coffee ☕ tea 🍵 beer 🍺 wine 🍷 pizza 🍕 " +
  "cake 🍰 cookie 🍪 apple 🍎 banana 🍌 avocado 🥑 bread 🍞 sun ☀️ moon 🌙 cloud ☁️ rain 🌧️ snow ❄️ zap ⚡ rainbow 🌈 ocean 🌊 " +
  "tree 🌳 flower 🌸 rose 🌹 seedling 🌱 earth 🌍 dog 🐶 cat 🐱 fox 🦊 bear 🐻 penguin 🐧 owl 🦉 turtle 🐢 fish 🐟 crab 🦀 " +
  "snail 🐌 butterfly 🦋 bee 🐝 check ✅ cross ❌ warning ⚠️ question ❓ exclamation ❗ plus ➕ recycle ♻️ hundred 💯 zzz 💤 " +
  "skull 💀 ghost 👻 robot 🤖 alien 👽 party 🥳 melting 🫠 smirk 😏 relieved 😌 hugging 🤗 drooling 🤤 mask 😷 cowboy 🤠 " +
  "house 🏠 car 🚗 bike 🚲 train 🚆 plane ✈️ ship 🚢 flag 🏁 money 💰 mail 📧 globe 🌐 satellite 📡 battery 🔋 plug 🔌";

const words = TABLE.split(" ");

export const EMOJI: readonly { readonly name: string; readonly text: string }[] = Array.from(
  { length: words.length / 2 },
  (_, index) => ({ name: words[index * 2]!, text: words[index * 2 + 1]! }),
);

export type Emoji = (typeof EMOJI)[number];

/** What people react with most, for whoever has not typed a name yet. */
export const QUICK_EMOJI: readonly Emoji[] = ["thumbsup", "heart", "joy", "tada", "eyes", "pray", "check", "fire"].map(
  (name) => EMOJI.find((emoji) => emoji.name === name)!,
);

// Some keyboards put a mark for its look behind every emoji, also where none belongs.
const ONE = "^(?:\\p{RGI_Emoji}[\\ufe0e\\ufe0f]?|\\p{Extended_Pictographic}\\ufe0e?|[0-9#*]\\u20e3)$";
// The flag is newer than the language this is compiled for; Node 22 has it.
const ONE_EMOJI = new RegExp(ONE, "v");

/** Those whose name begins with what was written, then those with it inside, short names first. A colon before or behind means nothing. */
export function emojiFor(written: string): readonly Emoji[] {
  const name = nameIn(written);
  if (name === "") return QUICK_EMOJI;
  const inside = EMOJI.filter((emoji) => emoji.name.includes(name));
  const rank = (emoji: Emoji) => (emoji.name.startsWith(name) ? 0 : 1000) + emoji.name.length;
  return inside.toSorted((a, b) => rank(a) - rank(b));
}

/** The one emoji that was written, as it is or by its whole name; null where it is none. */
export function emojiIn(written: string): string | null {
  const text = written.trim();
  if (ONE_EMOJI.test(text)) return text;
  const name = nameIn(text);
  return EMOJI.find((emoji) => emoji.name === name)?.text ?? null;
}

function nameIn(written: string): string {
  return written.trim().replace(/^:|:$/g, "").toLowerCase();
}
