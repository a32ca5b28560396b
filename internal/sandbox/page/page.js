'use strict'
const at = (id) => document.getElementById(id)

// element makes an element. Everything goes through textContent: what a webhook is called or a receiver answers is never read as HTML.
function element(tag, className, text, ...children) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

// setText changes nothing where nothing has changed, so that a selection stays.
function setText(node, text) { if (node.textContent !== text) node.textContent = text }
function setClass(node, name) { if (node.className !== name) node.className = name }

const titles = new Map() // of the vendors, by name
const clock = (time) => time ? new Date(time).toLocaleTimeString([], { hour12: false }) : '–'

async function request(method, path, body) {
  const response = await fetch('/_sandbox/' + path, { method, body: body && JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(text.trim() || 'the sandbox answers ' + response.status)
  return text ? JSON.parse(text) : null
}

// List shows rows of one type. A row is kept as long as its object is, and only what has changed of it is written, so that open rows,
// the focus and the selection stay.
class List {
  constructor(id, options) {
    this.node = at(id)
    this.counter = at(id + '-count')
    this.options = options
    this.rows = new Map() // key → {object, row, order}
    this.order = 0
    this.limit = options.limit || 50
    this.more = element('li', '', undefined, element('button', 'kinds-more', 'Show more'))
    this.more.firstChild.addEventListener('click', () => { this.limit += 100; this.arrange() })
    this.empty = element('li', 'empty')
    this.node.append(this.empty, this.more)
  }

  // put adds or changes an object. The newest comes last.
  put(key, object, fresh) {
    const known = this.rows.get(key)
    if (known) {
      known.object = object
      known.text = undefined
      if (known.row) this.options.update(known.row, object)
    } else {
      this.rows.set(key, { object, order: ++this.order, fresh })
    }
  }

  replace(entries) {
    const keys = new Set(entries.map(([key]) => key))
    for (const key of this.rows.keys()) if (!keys.has(key)) this.drop(key)
    for (const [key, object] of entries) this.put(key, object)
  }

  drop(key) {
    const row = this.rows.get(key)?.row
    if (row) row.remove()
    this.rows.delete(key)
  }

  matches(entry, words) {
    if (filter.vendor && entry.object.vendor !== filter.vendor) return false
    if (this.options.matches && !this.options.matches(entry.object)) return false
    entry.text ??= this.options.text(entry.object).toLowerCase()
    return words.every((word) => entry.text.includes(word))
  }

  // arrange brings the rows in order and shows those that the filter lets through. It moves no row that stands right.
  arrange() {
    const most = this.options.most || Infinity
    for (const key of this.rows.keys()) {
      if (this.rows.size <= most) break
      this.drop(key)
    }
    const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean)
    const found = [...this.rows.values()].filter((entry) => this.matches(entry, words))
    found.sort((a, b) => this.options.oldestFirst ? a.order - b.order : b.order - a.order)
    const shown = new Set(found.filter((entry, i) => i < this.limit || entry.row?.querySelector('details[open]')))
    for (const entry of this.rows.values()) {
      if (shown.has(entry)) continue
      entry.row?.remove()
      entry.row = undefined
    }
    let next = this.node.firstElementChild
    for (const entry of shown) {
      entry.row ??= this.make(entry)
      if (entry.row === next) next = next.nextElementSibling
      else this.node.insertBefore(entry.row, next)
    }
    this.more.hidden = found.length <= shown.size
    this.empty.hidden = found.length > 0
    setText(this.empty, this.rows.size ? 'Nothing matches the filter.' : this.options.empty)
    const number = found.length === this.rows.size ? found.length : `${found.length} of ${this.rows.size}`
    setText(this.counter, `(${number}${this.note ? ', ' + this.note : ''})`)
  }

  make(entry) {
    const row = this.options.make(entry.object)
    if (entry.fresh) row.classList.add('fresh')
    this.options.update(row, entry.object)
    return row
  }
}

const filter = { search: '', vendor: '', state: '' }

// opening makes a row that shows more when it is opened, which is read only then.
function opening(cells, more) {
  const summary = element('summary', 'row', undefined, ...cells)
  const details = element('details', '', undefined, summary)
  details.addEventListener('toggle', async () => {
    details.querySelector('.more')?.remove()
    if (!details.open) return
    const body = element('div', 'more', 'Reading …')
    details.append(body)
    try { body.replaceChildren(...await more()) } catch (error) { body.textContent = error.message }
  })
  return details
}

function titled(title, text) { return [element('h3', '', title), element('pre', '', text)] }
function pretty(text) { try { return JSON.stringify(JSON.parse(text), null, 2) } catch { return text } }
function facts(pairs) {
  return element('dl', '', undefined, ...pairs.flatMap(([name, value]) => [element('dt', '', name), element('dd', 'mono', value)]))
}

const webhooks = new List('webhooks', {
  limit: 200, oldestFirst: true, empty: 'No webhooks yet: apply a configuration with the variables that the sandbox prints.',
  text: (w) => [w.id, w.url, w.label, w.state, w.vendor, ...w.events].join(' '),
  make: () => element('li', '', undefined, element('div', 'row', undefined, element('span', 'muted small'),
    element('span', 'wide', undefined, element('div', 'mono'), element('div', 'small'), element('div', 'mono muted')),
    element('div', 'wide small'), element('span', 'badges', undefined, element('span')))),
  update(row, w) {
    const [vendor, names, kinds, badges] = row.firstChild.children
    setText(vendor, titles.get(w.vendor))
    setText(names.children[0], w.url)
    setText(names.children[1], w.label)
    setText(names.children[2], w.id)
    const text = w.events.join('\n')
    if (kinds.dataset.kinds !== text) {
      kinds.dataset.kinds = text
      const list = element('ul', 'kinds mono', undefined, ...w.events.map((kind) => element('li', '', kind === '*' ? '* (every kind)' : kind)))
      kinds.replaceChildren(w.events.length <= 3 ? list
        : element('details', 'kinds', undefined, element('summary', '', w.events.length + ' kinds'), list))
    }
    setText(badges.firstChild, w.state)
    setClass(badges.firstChild, 'badge ' + (w.state === 'Enabled' || w.state === 'active' ? 'good' : 'wait'))
  },
})

const good = (d) => d.state === 'delivered'
const deliveries = new List('deliveries', {
  most: 5000, empty: 'No deliveries yet: send an event.',
  text: (d) => [d.kind, d.id, d.webhookId, d.state, d.outcome, d.error, d.verdict, d.vendor, target(d)].join(' '),
  matches: (d) => ({ delivered: good(d), failed: !good(d) && d.attempt > 0, pending: !good(d) && Boolean(d.next) || d.state === 'queued',
    refused: Boolean(d.verdict?.startsWith('refused')) })[filter.state] ?? true,
  make: (d) => element('li', '', undefined, opening([element('span', 'muted'), element('span', 'muted small'), element('span', 'wide mono'),
    element('span', 'wide muted small'), element('span', 'badges', undefined, element('span'), element('span'))],
    () => deliveryDetails(d))),
  update(row, d) {
    const [time, vendor, kind, to, badges] = row.querySelector('summary').children
    setText(time, clock(d.time))
    setText(vendor, titles.get(d.vendor))
    setText(kind, d.kind)
    setText(to, 'to ' + target(d) + (d.attempt > 1 ? ', attempt ' + d.attempt : '') + (d.next && !good(d) ? ', next at ' + clock(d.next) : ''))
    setText(badges.children[0], (d.state === 'dead_lettered' ? 'given up' : d.state) + (d.outcome ? ' ' + d.outcome : ''))
    setClass(badges.children[0], 'badge ' + (good(d) ? 'good' : d.state === 'queued' ? 'wait' : 'bad'))
    setText(badges.children[1], d.verdict ? d.verdict.replace(/:.*/s, '') : '')
    badges.children[1].hidden = !d.verdict
    setClass(badges.children[1], 'badge ' + (d.verdict === 'verified' ? 'good' : 'bad'))
    const shown = JSON.stringify(d)
    if (row.dataset.shown && row.dataset.shown !== shown && row.firstChild.open && row.querySelector('.fact-answer')) refreshDetails(row, d)
    row.dataset.shown = shown
  },
})

// target names where a delivery goes: the webhook's label or URL.
function target(d) {
  const webhook = webhooks.rows.get(d.vendor + '/' + d.webhookId)?.object
  return webhook ? webhook.label || webhook.url : d.webhookId
}

function outcome(d) {
  if (d.state === 'queued') return ['It has not been sent yet.']
  return [(d.outcome ? 'The receiver answered ' + d.outcome : 'No answer') + (d.error ? ': ' + d.error : '') + '.',
    ...(d.verdict ? ['The sandbox’s receiver has ' + (d.verdict === 'verified' ? 'verified the signature.' : d.verdict + '.')] : []), ...(d.next && !good(d) ? ['The next attempt is at ' + clock(d.next) + '.'] : [])]
}

async function deliveryDetails(d) {
  const all = await request('GET', `${d.vendor}/deliveries/${encodeURIComponent(d.id)}`)
  const current = deliveries.rows.get(d.vendor + '/' + d.id)?.object ?? d
  const button = element('button', 'resend', 'Resend')
  const said = element('span', 'muted', '')
  said.setAttribute('role', 'status')
  button.addEventListener('click', async () => {
    try { await request('POST', `${d.vendor}/deliveries/${encodeURIComponent(d.id)}/resend`); said.textContent = ' Sent again.' } catch (error) { said.textContent = ' ' + error.message }
  })
  return [element('div', 'fact-answer', undefined, ...outcome(current).map((line) => element('p', '', line))),
    element('p', '', undefined, button, said),
    facts([['delivery', d.id], ['webhook', d.webhookId], ['to', all.url || 'a webhook that is deleted']]),
    ...titled('Payload', pretty(all.payload)),
    ...titled('Headers, with the signature', Object.entries(all.headers ?? {}).map(([name, value]) => name + ': ' + value).join('\n') || 'none yet'),
    ...titled('The receiver’s answer', all.answer || (current.outcome ? 'an empty body' : 'none'))]
}

// refreshDetails writes what a later attempt has changed into an open row.
function refreshDetails(row, d) {
  row.querySelector('.fact-answer').replaceChildren(...outcome(d).map((line) => element('p', '', line)))
}

const calls = new List('calls', {
  most: 5000, empty: 'No calls yet.',
  text: (c) => [c.method, c.path, c.query, c.status, c.fault, c.vendor].join(' '),
  make: (c) => element('li', '', undefined, opening([element('span', 'muted', clock(c.time)), element('span', 'muted small', titles.get(c.vendor)),
    element('span', 'mono', c.method), element('span', 'wide mono', c.path + (c.query ? '?' + c.query : '')),
    element('span', 'badges', undefined, ...(c.fault ? [element('span', 'badge wait', c.fault)] : []),
      element('span', 'badge ' + (c.status >= 200 && c.status < 300 ? 'good' : 'bad'), c.status || 'cut'))],
    async () => {
      const all = await request('GET', `${c.vendor}/requests/${c.number}`)
      return all.body ? titled('Body', pretty(all.body)) : [element('p', '', 'The call has no body.')]
    })),
  update() {},
})

const faults = new List('faults', {
  oldestFirst: true, empty: 'No call goes wrong.',
  text: (f) => JSON.stringify(f),
  make(f) {
    const button = element('button', '', 'Clear')
    button.addEventListener('click', () => request('DELETE', `${f.vendor}/faults/${f.number}`).catch((error) => answer('fault', error.message, true)))
    return element('li', '', undefined, element('div', 'fault', undefined, element('div', '', undefined, element('div', 'mono'), element('div', 'small muted')), button))
  },
  update(row, f) {
    const [text, button] = row.firstChild.children
    const what = f.effect + (f.status ? ' ' + f.status : '') + (f.ms ? ' ' + f.ms + ' ms' : '')
    setText(text.children[0], what)
    setText(text.children[1], `${titles.get(f.vendor)}, ${f.method || 'any method'} ${f.path || 'any path'}: ${f.hits} of ${f.times || 'all'}`)
    button.setAttribute('aria-label', 'Clear ' + what)
  },
})

// take shows an update. It is everything, or what has changed.
function take(update, everything) {
  const entries = (part, id, order) => Object.entries(update[part] ?? {}).flatMap(([vendor, objects]) =>
    objects.map((object) => [vendor + '/' + object[id], { ...object, vendor }])).sort(order ?? (() => 0))
  const byTime = ([, a], [, b]) => new Date(a.time || 0) - new Date(b.time || 0)
  const parts = [[webhooks, entries('webhooks', 'id')], [calls, entries('calls', 'number', byTime)]]
  if (everything) {
    parts.push([deliveries, entries('deliveries', 'id').reverse().sort(byTime)], [faults, entries('faults', 'number')])
    for (const [list, objects] of parts) list.replace(objects)
  } else {
    parts.push([deliveries, entries('deliveries', 'id')])
    for (const [list, objects] of parts) for (const [key, object] of objects) list.put(key, object, true)
    for (const [vendor, ids] of Object.entries(update.gone ?? {})) for (const id of ids) { webhooks.drop(vendor + '/' + id); deliveries.drop(vendor + '/' + id) }
    for (const vendor of Object.keys(update.faults ?? {})) {
      const now = new Map(entries('faults', 'number'))
      for (const key of [...faults.rows.keys()]) if (key.startsWith(vendor + '/') && !now.has(key)) faults.drop(key)
      for (const [key, object] of now) faults.put(key, object)
    }
  }
  Object.assign(pending, update.pending)
  const waiting = Object.values(pending).reduce((sum, n) => sum + n, 0)
  deliveries.note = waiting ? waiting + ' pending' : ''
  arrange()
}

const pending = {} // how many deliveries are still to be made, by vendor

function arrange() { for (const list of [webhooks, deliveries, calls, faults]) list.arrange() }

// introduce fills in what does not change: the vendors and their kinds.
function introduce(state) {
  titles.clear()
  for (const vendor of state.vendors) titles.set(vendor.name, vendor.title)
  const servers = [...state.vendors.map((v) => [v.title, v.url]), ...(state.receiver ? [['Receiver', state.receiver]] : [])]
  at('servers').replaceChildren(...servers.map(([title, url]) => element('li', '', title + ' ', element('code', '', url))))
  if (at('event-kind').length) return
  for (const select of [at('vendor'), at('fault-vendor')]) for (const v of state.vendors) select.append(new Option(v.title, v.name))
  for (const vendor of state.vendors) {
    const group = element('optgroup')
    group.label = vendor.title
    for (const kind of vendor.kinds) {
      const option = new Option(kind.name + (kind.quiet ? ' (does not fire today)' : ''), vendor.name + '/' + kind.name)
      option.dataset.quiet = kind.quiet ? 'yes' : ''
      group.append(option)
    }
    at('event-kind').append(group)
  }
}

function answer(form, text, bad) {
  at(form + '-answer').textContent = text
  at(form + '-answer').classList.toggle('bad', Boolean(bad))
}

function submit(form, act) {
  at(form).addEventListener('submit', async (event) => {
    event.preventDefault()
    try { answer(form, await act()) } catch (error) { answer(form, error.message, true) }
  })
}

submit('event', async () => {
  const [vendor, kind] = at('event-kind').value.split('/')
  const body = { kind, force: at('event-force').checked }
  if (at('event-data').value.trim()) body.data = JSON.parse(at('event-data').value)
  const made = await request('POST', vendor + '/events', body)
  return made.message ? 'No delivery: ' + made.message + '.' : `${made.deliveries} ${made.deliveries === 1 ? 'delivery' : 'deliveries'} of ${kind}.`
})

function showKind() { at('event-force-label').hidden = !at('event-kind').selectedOptions[0]?.dataset.quiet }
at('event-kind').addEventListener('change', showKind)

const needs = { status: ['status', 'status_after', 'html'], ms: ['late', 'delay', 'lag'], patch: ['patch'] }
function showEffect() {
  for (const [field, effects] of Object.entries(needs)) at(`fault-${field}-label`).hidden = !effects.includes(at('fault-effect').value)
}
at('fault-effect').addEventListener('change', showEffect)
showEffect()

submit('fault', async () => {
  const value = (field) => at('fault-' + field).value.trim()
  const fault = { method: value('method'), path: value('path'), effect: value('effect'), times: Number(value('times')) }
  if (needs.status.includes(fault.effect)) fault.status = Number(value('status'))
  if (needs.ms.includes(fault.effect)) fault.ms = Number(value('ms'))
  if (needs.patch.includes(fault.effect)) fault.patch = JSON.parse(value('patch'))
  await request('POST', value('vendor') + '/faults', fault)
  return 'The fault is set.'
})

for (const name of ['search', 'vendor', 'state']) {
  at(name).addEventListener('input', () => { filter[name] = at(name).value; arrange() })
}

function connection(text, className) { setText(at('connection'), text); setClass(at('connection'), className) }

const stream = new EventSource('/_sandbox/stream')
stream.addEventListener('state', (message) => {
  const state = JSON.parse(message.data)
  introduce(state)
  showKind()
  take(state, true)
  connection('Live', 'live')
})
stream.addEventListener('change', (message) => take(JSON.parse(message.data), false))
stream.addEventListener('error', () => connection('The sandbox is not reachable. This page tries again.', 'lost'))
