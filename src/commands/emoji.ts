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
