// @ts-nocheck Made by scripts/generate-ops.mjs from src/p2p/spec/ops.ts.
// Schema Version: 4
/* eslint-disable camelcase */
/* eslint-disable quotes */
/* eslint-disable space-before-function-paren */

import c from 'compact-encoding'

const VERSION = 4

// eslint-disable-next-line no-unused-vars
let version = VERSION

// @keet-tui/admission
const encoding0 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.invite)
    c.fixed32.preencode(state, m.admitter)
    c.fixed64.preencode(state, m.signature)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.invite)
    c.fixed32.encode(state, m.admitter)
    c.fixed64.encode(state, m.signature)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.fixed32.decode(state)
    const r2 = c.fixed64.decode(state)

    return {
      invite: r0,
      admitter: r1,
      signature: r2
    }
  }
}

// @keet-tui/message-ref
const encoding1 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.writer)
    c.buffer.preencode(state, m.id)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.writer)
    c.buffer.encode(state, m.id)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.buffer.decode(state)

    return {
      writer: r0,
      id: r1
    }
  }
}

// @keet-tui/indexer
const encoding2 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.writer)
    c.buffer.preencode(state, m.manifest)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.writer)
    c.buffer.encode(state, m.manifest)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.buffer.decode(state)

    return {
      writer: r0,
      manifest: r1
    }
  }
}

// @keet-tui/join-room.admission
const encoding3_4 = c.frame(encoding0)

// @keet-tui/join-room
const encoding3 = {
  preencode(state, m) {
    c.string.preencode(state, m.name)
    c.fixed32.preencode(state, m.signingKey)
    c.fixed32.preencode(state, m.noiseKey)
    c.buffer.preencode(state, m.proof)
    state.end++ // max flag is 2 so always one byte

    if (m.admission) encoding3_4.preencode(state, m.admission)
    if (m.device) c.string.preencode(state, m.device)
  },
  encode(state, m) {
    const flags = (m.admission ? 1 : 0) | (m.device ? 2 : 0)

    c.string.encode(state, m.name)
    c.fixed32.encode(state, m.signingKey)
    c.fixed32.encode(state, m.noiseKey)
    c.buffer.encode(state, m.proof)
    c.uint.encode(state, flags)

    if (m.admission) encoding3_4.encode(state, m.admission)
    if (m.device) c.string.encode(state, m.device)
  },
  decode(state) {
    const r0 = c.string.decode(state)
    const r1 = c.fixed32.decode(state)
    const r2 = c.fixed32.decode(state)
    const r3 = c.buffer.decode(state)
    const flags = c.uint.decode(state)

    return {
      name: r0,
      signingKey: r1,
      noiseKey: r2,
      proof: r3,
      admission: (flags & 1) !== 0 ? encoding3_4.decode(state) : null,
      device: (flags & 2) !== 0 ? c.string.decode(state) : null
    }
  }
}

// @keet-tui/post-message.replyTo
const encoding4_2 = c.frame(encoding1)
// @keet-tui/post-message.mentions
const encoding4_3 = c.array(c.fixed32)

// @keet-tui/post-message
const encoding4 = {
  preencode(state, m) {
    c.string.preencode(state, m.text)
    state.end++ // max flag is 4 so always one byte

    if (m.replyTo) encoding4_2.preencode(state, m.replyTo)
    if (m.mentions) encoding4_3.preencode(state, m.mentions)
  },
  encode(state, m) {
    const flags = (m.action ? 1 : 0) | (m.replyTo ? 2 : 0) | (m.mentions ? 4 : 0)

    c.string.encode(state, m.text)
    c.uint.encode(state, flags)

    if (m.replyTo) encoding4_2.encode(state, m.replyTo)
    if (m.mentions) encoding4_3.encode(state, m.mentions)
  },
  decode(state) {
    const r0 = c.string.decode(state)
    const flags = c.uint.decode(state)

    return {
      text: r0,
      action: (flags & 1) !== 0,
      replyTo: (flags & 2) !== 0 ? encoding4_2.decode(state) : null,
      mentions: (flags & 4) !== 0 ? encoding4_3.decode(state) : null
    }
  }
}

// @keet-tui/edit-message.target
const encoding5_0 = encoding4_2
// @keet-tui/edit-message.mentions
const encoding5_2 = encoding4_3

// @keet-tui/edit-message
const encoding5 = {
  preencode(state, m) {
    encoding5_0.preencode(state, m.target)
    c.string.preencode(state, m.text)
    state.end++ // max flag is 1 so always one byte

    if (m.mentions) encoding5_2.preencode(state, m.mentions)
  },
  encode(state, m) {
    const flags = m.mentions ? 1 : 0

    encoding5_0.encode(state, m.target)
    c.string.encode(state, m.text)
    c.uint.encode(state, flags)

    if (m.mentions) encoding5_2.encode(state, m.mentions)
  },
  decode(state) {
    const r0 = encoding5_0.decode(state)
    const r1 = c.string.decode(state)
    const flags = c.uint.decode(state)

    return {
      target: r0,
      text: r1,
      mentions: (flags & 1) !== 0 ? encoding5_2.decode(state) : null
    }
  }
}

// @keet-tui/delete-message.target
const encoding6_0 = encoding4_2

// @keet-tui/delete-message
const encoding6 = {
  preencode(state, m) {
    encoding6_0.preencode(state, m.target)
  },
  encode(state, m) {
    encoding6_0.encode(state, m.target)
  },
  decode(state) {
    const r0 = encoding6_0.decode(state)

    return {
      target: r0
    }
  }
}

// @keet-tui/add-reaction.target
const encoding7_0 = encoding4_2

// @keet-tui/add-reaction
const encoding7 = {
  preencode(state, m) {
    encoding7_0.preencode(state, m.target)
    c.string.preencode(state, m.emoji)
  },
  encode(state, m) {
    encoding7_0.encode(state, m.target)
    c.string.encode(state, m.emoji)
  },
  decode(state) {
    const r0 = encoding7_0.decode(state)
    const r1 = c.string.decode(state)

    return {
      target: r0,
      emoji: r1
    }
  }
}

// @keet-tui/remove-reaction.target
const encoding8_0 = encoding4_2

// @keet-tui/remove-reaction
const encoding8 = {
  preencode(state, m) {
    encoding8_0.preencode(state, m.target)
    c.string.preencode(state, m.emoji)
  },
  encode(state, m) {
    encoding8_0.encode(state, m.target)
    c.string.encode(state, m.emoji)
  },
  decode(state) {
    const r0 = encoding8_0.decode(state)
    const r1 = c.string.decode(state)

    return {
      target: r0,
      emoji: r1
    }
  }
}

// @keet-tui/pin-message.target
const encoding9_0 = encoding4_2

// @keet-tui/pin-message
const encoding9 = {
  preencode(state, m) {
    encoding9_0.preencode(state, m.target)
  },
  encode(state, m) {
    encoding9_0.encode(state, m.target)
  },
  decode(state) {
    const r0 = encoding9_0.decode(state)

    return {
      target: r0
    }
  }
}

// @keet-tui/unpin-message.target
const encoding10_0 = encoding4_2

// @keet-tui/unpin-message
const encoding10 = {
  preencode(state, m) {
    encoding10_0.preencode(state, m.target)
  },
  encode(state, m) {
    encoding10_0.encode(state, m.target)
  },
  decode(state) {
    const r0 = encoding10_0.decode(state)

    return {
      target: r0
    }
  }
}

// @keet-tui/set-profile
const encoding11 = {
  preencode(state, m) {
    c.string.preencode(state, m.name)
  },
  encode(state, m) {
    c.string.encode(state, m.name)
  },
  decode(state) {
    const r0 = c.string.decode(state)

    return {
      name: r0
    }
  }
}

// @keet-tui/set-room
const encoding12 = {
  preencode(state, m) {
    const flags =
      (m.name ? 1 : 0) |
      (m.topic ? 2 : 0) |
      (m.kind ? 4 : 0) |
      (m.clearTopic ? 8 : 0) |
      (m.post ? 16 : 0) |
      (m.invite ? 32 : 0) |
      (m.share ? 64 : 0) |
      (m.call ? 128 : 0) |
      (m.successor ? 256 : 0) |
      (m.predecessor ? 512 : 0)

    c.uint.preencode(state, flags)

    if (m.name) c.string.preencode(state, m.name)
    if (m.topic) c.string.preencode(state, m.topic)
    if (m.kind) c.uint.preencode(state, m.kind)
    if (m.post) c.uint.preencode(state, m.post)
    if (m.invite) c.uint.preencode(state, m.invite)
    if (m.share) c.uint.preencode(state, m.share)
    if (m.call) c.uint.preencode(state, m.call)
    if (m.successor) c.fixed32.preencode(state, m.successor)
    if (m.predecessor) c.fixed32.preencode(state, m.predecessor)
  },
  encode(state, m) {
    const flags =
      (m.name ? 1 : 0) |
      (m.topic ? 2 : 0) |
      (m.kind ? 4 : 0) |
      (m.clearTopic ? 8 : 0) |
      (m.post ? 16 : 0) |
      (m.invite ? 32 : 0) |
      (m.share ? 64 : 0) |
      (m.call ? 128 : 0) |
      (m.successor ? 256 : 0) |
      (m.predecessor ? 512 : 0)

    c.uint.encode(state, flags)

    if (m.name) c.string.encode(state, m.name)
    if (m.topic) c.string.encode(state, m.topic)
    if (m.kind) c.uint.encode(state, m.kind)
    if (m.post) c.uint.encode(state, m.post)
    if (m.invite) c.uint.encode(state, m.invite)
    if (m.share) c.uint.encode(state, m.share)
    if (m.call) c.uint.encode(state, m.call)
    if (m.successor) c.fixed32.encode(state, m.successor)
    if (m.predecessor) c.fixed32.encode(state, m.predecessor)
  },
  decode(state) {
    const flags = c.uint.decode(state)

    return {
      name: (flags & 1) !== 0 ? c.string.decode(state) : null,
      topic: (flags & 2) !== 0 ? c.string.decode(state) : null,
      kind: (flags & 4) !== 0 ? c.uint.decode(state) : 0,
      clearTopic: (flags & 8) !== 0,
      post: (flags & 16) !== 0 ? c.uint.decode(state) : 0,
      invite: (flags & 32) !== 0 ? c.uint.decode(state) : 0,
      share: (flags & 64) !== 0 ? c.uint.decode(state) : 0,
      call: (flags & 128) !== 0 ? c.uint.decode(state) : 0,
      successor: (flags & 256) !== 0 ? c.fixed32.decode(state) : null,
      predecessor: (flags & 512) !== 0 ? c.fixed32.decode(state) : null
    }
  }
}

// @keet-tui/set-indexers.indexers
const encoding13_0 = c.array(c.frame(encoding2))

// @keet-tui/set-indexers
const encoding13 = {
  preencode(state, m) {
    encoding13_0.preencode(state, m.indexers)
  },
  encode(state, m) {
    encoding13_0.encode(state, m.indexers)
  },
  decode(state) {
    const r0 = encoding13_0.decode(state)

    return {
      indexers: r0
    }
  }
}

// @keet-tui/set-role
const encoding14 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.identity)
    c.uint.preencode(state, m.role)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.identity)
    c.uint.encode(state, m.role)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.uint.decode(state)

    return {
      identity: r0,
      role: r1
    }
  }
}

// @keet-tui/remove-member
const encoding15 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.identity)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.identity)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)

    return {
      identity: r0
    }
  }
}

// @keet-tui/add-invite.only
const encoding16_4 = encoding4_3

// @keet-tui/add-invite
const encoding16 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.invite)
    c.fixed32.preencode(state, m.publicKey)
    c.uint.preencode(state, m.uses)
    c.uint.preencode(state, m.expiresAt)
    state.end++ // max flag is 1 so always one byte

    if (m.only) encoding16_4.preencode(state, m.only)
  },
  encode(state, m) {
    const flags = m.only ? 1 : 0

    c.fixed32.encode(state, m.invite)
    c.fixed32.encode(state, m.publicKey)
    c.uint.encode(state, m.uses)
    c.uint.encode(state, m.expiresAt)
    c.uint.encode(state, flags)

    if (m.only) encoding16_4.encode(state, m.only)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.fixed32.decode(state)
    const r2 = c.uint.decode(state)
    const r3 = c.uint.decode(state)
    const flags = c.uint.decode(state)

    return {
      invite: r0,
      publicKey: r1,
      uses: r2,
      expiresAt: r3,
      only: (flags & 1) !== 0 ? encoding16_4.decode(state) : null
    }
  }
}

// @keet-tui/revoke-invite
const encoding17 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.invite)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.invite)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)

    return {
      invite: r0
    }
  }
}

// @keet-tui/share-file
const encoding18 = {
  preencode(state, m) {
    c.string.preencode(state, m.name)
    c.uint.preencode(state, m.size)
    c.uint.preencode(state, m.files)
    c.fixed32.preencode(state, m.drive)
    c.fixed32.preencode(state, m.blobs)
    c.uint.preencode(state, m.blocks)
    state.end++ // max flag is 2 so always one byte

    if (version >= 4 && m.durationMs) c.uint.preencode(state, m.durationMs)
  },
  encode(state, m) {
    const flags = ((version >= 2 && m.isFolder) ? 1 : 0) | ((version >= 4 && m.durationMs) ? 2 : 0)

    c.string.encode(state, m.name)
    c.uint.encode(state, m.size)
    c.uint.encode(state, m.files)
    c.fixed32.encode(state, m.drive)
    c.fixed32.encode(state, m.blobs)
    c.uint.encode(state, m.blocks)
    c.uint.encode(state, flags)

    if (version >= 4 && m.durationMs) c.uint.encode(state, m.durationMs)
  },
  decode(state) {
    const r0 = c.string.decode(state)
    const r1 = c.uint.decode(state)
    const r2 = c.uint.decode(state)
    const r3 = c.fixed32.decode(state)
    const r4 = c.fixed32.decode(state)
    const r5 = c.uint.decode(state)
    const flags = c.uint.decode(state)

    return {
      name: r0,
      size: r1,
      files: r2,
      drive: r3,
      blobs: r4,
      blocks: r5,
      isFolder: (version >= 2 && (flags & 1) !== 0),
      durationMs: (version >= 4 && (flags & 2) !== 0) ? c.uint.decode(state) : 0
    }
  }
}

// @keet-tui/finish-file.target
const encoding19_0 = encoding4_2

// @keet-tui/finish-file
const encoding19 = {
  preencode(state, m) {
    encoding19_0.preencode(state, m.target)
    c.fixed32.preencode(state, m.hash)
  },
  encode(state, m) {
    encoding19_0.encode(state, m.target)
    c.fixed32.encode(state, m.hash)
  },
  decode(state) {
    const r0 = encoding19_0.decode(state)
    const r1 = c.fixed32.decode(state)

    return {
      target: r0,
      hash: r1
    }
  }
}

// @keet-tui/unshare-file.target
const encoding20_0 = encoding4_2

// @keet-tui/unshare-file
const encoding20 = {
  preencode(state, m) {
    encoding20_0.preencode(state, m.target)
  },
  encode(state, m) {
    encoding20_0.encode(state, m.target)
  },
  decode(state) {
    const r0 = encoding20_0.decode(state)

    return {
      target: r0
    }
  }
}

// @keet-tui/note-call
const encoding21 = {
  preencode(state, m) {
    state.end++ // max flag is 2 so always one byte

    if (version >= 3 && m.seconds) c.uint.preencode(state, m.seconds)
  },
  encode(state, m) {
    const flags = ((version >= 3 && m.ended) ? 1 : 0) | ((version >= 3 && m.seconds) ? 2 : 0)

    c.uint.encode(state, flags)

    if (version >= 3 && m.seconds) c.uint.encode(state, m.seconds)
  },
  decode(state) {
    const flags = c.uint.decode(state)

    return {
      ended: (version >= 3 && (flags & 1) !== 0),
      seconds: (version >= 3 && (flags & 2) !== 0) ? c.uint.decode(state) : 0
    }
  }
}

function setVersion(v) {
  version = v
}

function encode(name, value, v = VERSION) {
  version = v
  return c.encode(getEncoding(name), value)
}

function decode(name, buffer, v = VERSION) {
  version = v
  return c.decode(getEncoding(name), buffer)
}

function getEnum(name) {
  switch (name) {
    default:
      throw new Error('Enum not found ' + name)
  }
}

function getEncoding(name) {
  switch (name) {
    case '@keet-tui/admission':
      return encoding0
    case '@keet-tui/message-ref':
      return encoding1
    case '@keet-tui/indexer':
      return encoding2
    case '@keet-tui/join-room':
      return encoding3
    case '@keet-tui/post-message':
      return encoding4
    case '@keet-tui/edit-message':
      return encoding5
    case '@keet-tui/delete-message':
      return encoding6
    case '@keet-tui/add-reaction':
      return encoding7
    case '@keet-tui/remove-reaction':
      return encoding8
    case '@keet-tui/pin-message':
      return encoding9
    case '@keet-tui/unpin-message':
      return encoding10
    case '@keet-tui/set-profile':
      return encoding11
    case '@keet-tui/set-room':
      return encoding12
    case '@keet-tui/set-indexers':
      return encoding13
    case '@keet-tui/set-role':
      return encoding14
    case '@keet-tui/remove-member':
      return encoding15
    case '@keet-tui/add-invite':
      return encoding16
    case '@keet-tui/revoke-invite':
      return encoding17
    case '@keet-tui/share-file':
      return encoding18
    case '@keet-tui/finish-file':
      return encoding19
    case '@keet-tui/unshare-file':
      return encoding20
    case '@keet-tui/note-call':
      return encoding21
    default:
      throw new Error('Encoder not found ' + name)
  }
}

function getStruct(name, v = VERSION) {
  const enc = getEncoding(name)
  return {
    preencode(state, m) {
      version = v
      enc.preencode(state, m)
    },
    encode(state, m) {
      version = v
      enc.encode(state, m)
    },
    decode(state) {
      version = v
      return enc.decode(state)
    }
  }
}

const resolveStruct = getStruct // compat

export { resolveStruct, getStruct, getEnum, getEncoding, encode, decode, setVersion, version }
