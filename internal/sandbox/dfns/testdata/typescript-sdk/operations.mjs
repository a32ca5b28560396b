// Performs the eight webhook operations with the vendor's SDK as it is published, and checks every answer.
//
// The SDK is the nearest thing to the vendor's own word: what it sends the sandbox must accept, and what the sandbox
// answers it must be able to use.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { DfnsApiClient, DfnsError } from '@dfns/sdk'
import { AsymmetricKeySigner } from '@dfns/sdk-keysigner'

const { DFNS_API_URL: baseUrl, DFNS_AUTH_TOKEN: authToken, DFNS_CRED_ID: credId, DFNS_PRIVATE_KEY: privateKey } = process.env

// The SDK refuses a token of another organization than orgId, so the token is asked for its own.
const claims = JSON.parse(Buffer.from(authToken.split('.')[1], 'base64url').toString())
const { orgId } = claims['https://custom/app_metadata']
assert.match(orgId, /^or-/)

const signer = new AsymmetricKeySigner({ credId, privateKey })
const { webhooks } = new DfnsApiClient({ baseUrl, orgId, authToken, signer })

// A receiver that answers 200 to everything, as the vendor asks for.
const receiver = createServer((request, response) => request.resume().on('end', () => response.end()))
await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening))

const wanted = { url: `http://127.0.0.1:${receiver.address().port}/sdk`, events: ['wallet.created', 'policy.triggered'], status: 'Enabled', description: 'made by the SDK' }

const { secret, ...webhook } = await webhooks.createWebhook({ body: wanted })
const { id: webhookId, dateCreated, dateUpdated, ...echoed } = webhook
assert.deepEqual(echoed, wanted)
assert.match(webhookId, /^wh-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/)
assert.match(secret, /^whs-[A-Za-z0-9]{32}$/)
assert.equal(new Date(dateCreated).toISOString(), dateCreated)
assert.equal(dateUpdated, dateCreated)
console.log('createWebhook', webhookId)

assert.deepEqual(await webhooks.listWebhooks({ query: { limit: 10 } }), { items: [webhook] })
console.log('listWebhooks')

assert.deepEqual(await webhooks.getWebhook({ webhookId }), webhook)
console.log('getWebhook')

const updated = await webhooks.updateWebhook({ webhookId, body: { events: ['*'], description: 'é "<&>" 🙂' } })
assert.deepEqual(updated, { ...webhook, events: ['*'], description: 'é "<&>" 🙂', dateUpdated: updated.dateUpdated })
assert.ok(updated.dateUpdated >= dateUpdated)
console.log('updateWebhook')

assert.deepEqual(await webhooks.pingWebhook({ webhookId }), { status: '200' })
console.log('pingWebhook')

const data = { wallet: { id: 'wa-1', tags: ['<a&b>'] } }
await record('wallet.created', data)
await record('policy.triggered', {})
const { items, nextPageToken } = await recorded({ kind: 'wallet.created', deliveryFailed: 'false', limit: 1 })
assert.equal(nextPageToken, undefined)
assert.equal(items.length, 1)
const [event] = items
assert.match(event.id, /^whe-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{14,16}$/)
assert.equal(event.timestampSent, Math.floor(Date.parse(event.date) / 1000))
assert.deepEqual([event.kind, event.data, event.status], ['wallet.created', data, '200'])
console.log('listWebhookEvents', event.id)

assert.deepEqual(await webhooks.getWebhookEvent({ webhookId, webhookEventId: event.id }), event)
console.log('getWebhookEvent')

assert.deepEqual(await webhooks.deleteWebhook({ webhookId }), { deleted: true })
console.log('deleteWebhook')

await assert.rejects(webhooks.getWebhook({ webhookId }), (error) => {
  assert.ok(error instanceof DfnsError)
  assert.deepEqual([error.httpStatus, error.message], [404, 'Webhook not found'])
  return true
})
console.log('an error is read as one')
receiver.close()

// record lets the sandbox deliver an event, as only the vendor can.
async function record(kind, data) {
  const response = await fetch(new URL('/_sandbox/events', baseUrl), { method: 'POST', body: JSON.stringify({ kind, data }) })
  assert.equal(response.status, 200)
}

// recorded asks for events until there are some: they are delivered after the call that raised them was answered.
async function recorded(query) {
  for (let tries = 0; ; tries++) {
    const page = await webhooks.listWebhookEvents({ webhookId, query })
    if (page.items.length > 0 || tries === 200) return page
    await new Promise((later) => setTimeout(later, 50))
  }
}
