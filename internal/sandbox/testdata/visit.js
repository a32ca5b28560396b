// A visit, as a person makes it after an opened delivery: each step leaves the page as the next finds it. KEY is the key of EnfinitOS.
// The script returns what it has not found.
(async () => {
  const missing = []
  const at = (selector) => document.querySelector(selector)
  const text = (id) => document.getElementById(id).innerText
  const is = (what, holds) => { if (!holds) missing.push(what) }
  const becomes = async (what, holds) => {
    for (let tries = 0; tries < 1500 && !await holds(); tries++) await new Promise((done) => setTimeout(done, 20))
    is(what, await holds())
  }
  const post = (path, body, headers) => fetch(path, {method: 'POST', body: JSON.stringify(body), headers: {'Content-Type': 'application/json', ...headers}})
  const set = (id, value) => {
    const field = document.getElementById(id)
    field.value = value
    for (const event of ['input', 'change']) field.dispatchEvent(new Event(event))
  }
  const submit = (form, fields) => {
    for (const id in fields) set(id, fields[id])
    at('#' + form + ' > button').click()
  }

  // What comes later leaves the open row, the focus and the selection where they are.
  const row = at('#deliveries li:has(.badge.good) details'), focus = document.activeElement, range = document.createRange()
  range.selectNodeContents(row.querySelector('pre'))
  getSelection().removeAllRanges()
  getSelection().addRange(range)
  const selected = String(getSelection())
  await post('/_sandbox/dfns/events', {kind: 'wallet.created'})
  await post('/v1/webhooks', {url: 'http://127.0.0.1:1/late', events: ['right.revoked'], label: 'late'}, {Authorization: 'Bearer KEY'})
  await becomes('what is new', () => text('deliveries').includes('wallet.created') && text('webhooks').includes('/late'))
  is('the open row with its focus', focus === document.activeElement && row.isConnected && row.open)
  is('the selection', selected && String(getSelection()) === selected)

  const attempts = async () => Object.values((await (await fetch('/_sandbox/state')).json()).deliveries).flat().reduce((sum, one) => sum + one.attempt, 0)
  const before = await attempts()
  at('.resend').click()
  await becomes('a delivery that is sent again', async () => await attempts() > before)

  submit('event', {'event-kind': 'dfns/wallet.transfer.failed', 'event-data': '{"mine": 7}'})
  await becomes('the answer to an event', () => text('event-answer') === '2 deliveries of wallet.transfer.failed.')
  submit('event', {'event-kind': 'enfinitos/right.resumed', 'event-data': ''})
  await becomes('a kind that does not fire', () => text('event-answer').includes('does not fire today') && !at('#event-force-label').hidden)
  submit('event', {'event-kind': 'enfinitos/offer.proposed'})
  await becomes('an event without a delivery', () => text('event-answer').startsWith('No delivery: no enabled webhook subscribes'))

  submit('fault', {'fault-vendor': 'enfinitos', 'fault-path': '/v1/webhooks', 'fault-effect': 'status', 'fault-status': '503', 'fault-times': ''})
  await becomes('the fault', () => text('faults').includes('status 503'))
  is('a call that goes wrong', (await fetch('/v1/webhooks')).status === 503)
  await becomes('its call', () => text('faults').includes('1 of all') && at('#calls .badge.bad').textContent === '503')
  at('#faults .fault button').click()
  await becomes('no fault', () => text('faults').includes('No call goes wrong'))
  is('a call without a key', (await fetch('/v1/webhooks')).status === 401)

  set('search', 'ledger right')
  await becomes('what is searched for', () => text('webhooks-count') === '(1 of 4)' && document.querySelectorAll('#deliveries details').length === 1)
  set('search', '')
  set('state', 'failed')
  await becomes('what has failed', () => !at('#deliveries .badge.good') && at('#deliveries .badge.bad'))
  return missing
})()
