// @ts-nocheck Made by scripts/generate-ops.mjs from src/p2p/spec/ops.ts.
// Schema Version: 1
/* eslint-disable camelcase */
/* eslint-disable quotes */
/* eslint-disable space-before-function-paren */

import c from 'compact-encoding'

const VERSION = 1

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

// @keet-tui/set-profile
const encoding5 = {
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
const encoding6 = {
  preencode(state, m) {
    state.end++ // max flag is 8 so always one byte

    if (m.name) c.string.preencode(state, m.name)
    if (m.topic) c.string.preencode(state, m.topic)
    if (m.kind) c.uint.preencode(state, m.kind)
  },
  encode(state, m) {
    const flags = (m.name ? 1 : 0) | (m.topic ? 2 : 0) | (m.kind ? 4 : 0) | (m.clearTopic ? 8 : 0)

    c.uint.encode(state, flags)

    if (m.name) c.string.encode(state, m.name)
    if (m.topic) c.string.encode(state, m.topic)
    if (m.kind) c.uint.encode(state, m.kind)
  },
  decode(state) {
    const flags = c.uint.decode(state)

    return {
      name: (flags & 1) !== 0 ? c.string.decode(state) : null,
      topic: (flags & 2) !== 0 ? c.string.decode(state) : null,
      kind: (flags & 4) !== 0 ? c.uint.decode(state) : 0,
      clearTopic: (flags & 8) !== 0
    }
  }
}

// @keet-tui/set-indexers.indexers
const encoding7_0 = c.array(c.frame(encoding2))

// @keet-tui/set-indexers
const encoding7 = {
  preencode(state, m) {
    encoding7_0.preencode(state, m.indexers)
  },
  encode(state, m) {
    encoding7_0.encode(state, m.indexers)
  },
  decode(state) {
    const r0 = encoding7_0.decode(state)

    return {
      indexers: r0
    }
  }
}

// @keet-tui/add-invite
const encoding8 = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.invite)
    c.fixed32.preencode(state, m.publicKey)
    c.uint.preencode(state, m.uses)
    c.uint.preencode(state, m.expiresAt)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.invite)
    c.fixed32.encode(state, m.publicKey)
    c.uint.encode(state, m.uses)
    c.uint.encode(state, m.expiresAt)
  },
  decode(state) {
    const r0 = c.fixed32.decode(state)
    const r1 = c.fixed32.decode(state)
    const r2 = c.uint.decode(state)
    const r3 = c.uint.decode(state)

    return {
      invite: r0,
      publicKey: r1,
      uses: r2,
      expiresAt: r3
    }
  }
}

// @keet-tui/revoke-invite
const encoding9 = {
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
    case '@keet-tui/set-profile':
      return encoding5
    case '@keet-tui/set-room':
      return encoding6
    case '@keet-tui/set-indexers':
      return encoding7
    case '@keet-tui/add-invite':
      return encoding8
    case '@keet-tui/revoke-invite':
      return encoding9
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
