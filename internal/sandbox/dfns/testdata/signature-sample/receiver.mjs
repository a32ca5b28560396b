// A receiver that verifies deliveries as the sample on the vendor's page does: HMAC-SHA256 over JSON.stringify of the parsed
// payload, and not more than five minutes away. It prints the port it listens on, reads the secret from its standard
// input, and then prints one line for each delivery.
import crypto from 'node:crypto'
import http from 'node:http'
import readline from 'node:readline'

const secret = new Promise((known) => readline.createInterface({ input: process.stdin }).once('line', known))

function verify(secret, header, payload) {
  const hash = crypto.createHmac('sha256', secret).update(JSON.stringify(payload)).digest('hex')
  const expected = Buffer.from(`sha256=${hash}`)
  const given = Buffer.from(header ?? '')
  if (expected.length !== given.length || !crypto.timingSafeEqual(expected, given)) return 'refused: signature'
  if (Math.abs(Date.now() / 1000 - payload.timestampSent) > 300) return 'refused: time'
  return `verified: ${payload.kind}, attempt ${payload.deliveryAttempt}`
}

const server = http.createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const verdict = verify(await secret, request.headers['x-dfns-webhook-signature'], JSON.parse(body))
  console.log(verdict)
  response.writeHead(verdict.startsWith('verified') ? 200 : 401).end()
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
