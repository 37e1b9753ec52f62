// JsSIP as it comes, with buttons for a test to press. `told` is all it says, in order.
;(() => {
  const told = []
  const sessions = []
  let ua

  const say = (what, more = {}) => told.push({ what, ...more })
  const number = (session) => sessions.indexOf(session)

  function follow(session, originator, request) {
    sessions.push(session)
    const n = number(session)
    const name = request.getHeader('From') ?? ''
    say('session', { n, originator, from: name, replaces: request.getHeader('Replaces') ?? '' })
    session.on('progress', (e) => say('progress', { n, status: e.response?.status_code ?? 0 }))
    session.on('accepted', () => say('accepted', { n }))
    session.on('confirmed', () => say('confirmed', { n }))
    session.on('ended', (e) => say('ended', { n, originator: e.originator, cause: e.cause }))
    session.on('failed', (e) => say('failed', { n, cause: e.cause, status: e.message?.status_code ?? 0 }))
    session.on('hold', (e) => say('hold', { n, originator: e.originator }))
    session.on('unhold', (e) => say('unhold', { n, originator: e.originator }))
    session.on('reinvite', () => say('reinvite', { n }))
    session.on('icecandidate', (e) => e.ready())
    const hear = (connection) => {
      connection.addEventListener('track', (e) => {
        document.getElementById('ear').srcObject = new MediaStream([e.track])
      })
    }
    if (session.connection) hear(session.connection)
    else session.on('peerconnection', (e) => hear(e.peerconnection))
  }

  const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }

  // JsSIP refuses while an offer of its own is not answered yet.
  async function once(act) {
    while (!act()) await new Promise((done) => setTimeout(done, 20))
  }

  window.phone = {
    told,
    start({ server, uri, user, password, timers }) {
      ua = new JsSIP.UA({
        sockets: [new JsSIP.WebSocketInterface(server)],
        uri,
        authorization_user: user,
        password,
        register: true,
        session_timers: timers ?? false,
      })
      for (const event of ['connected', 'disconnected', 'registered', 'unregistered'])
        ua.on(event, () => say(event))
      ua.on('registrationFailed', (e) => say('registrationFailed', { cause: e.cause }))
      ua.on('newRTCSession', (e) => follow(e.session, e.originator, e.request))
      ua.start()
    },
    stop: () => ua.stop(),
    call: (target) => void ua.call(target, media),
    answer: (n) => sessions[n].answer(media),
    end: (n) => sessions[n].terminate(),
    hold: (n) => once(() => sessions[n].hold({ useUpdate: false })),
    unhold: (n) => once(() => sessions[n].unhold({ useUpdate: false })),
    renegotiate: (n, useUpdate) => sessions[n].renegotiate({ useUpdate }),
    digit: (n, digit) => sessions[n].sendDTMF(digit, { transportType: 'INFO' }),
    refer(n, target, replaces) {
      const handlers = {}
      for (const event of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'])
        handlers[event] = (e) => say(`refer ${event}`, { n, status: e?.status_line?.status_code ?? 0 })
      const options = { eventHandlers: handlers }
      if (replaces !== null) options.replaces = sessions[replaces]
      sessions[n].refer(target, options)
    },
    established: () => sessions.filter((session) => session.isEstablished()).length,
    standing: () => sessions.filter((session) => !session.isEnded()).map(number),
    alive: () => sessions.filter((session) => !session.isEnded()).length,
    async packets(n) {
      let received = 0
      for (const report of (await sessions[n].connection.getStats()).values())
        if (report.type === 'inbound-rtp') received += report.packetsReceived
      return received
    },
  }
})()
