// Whoever reaches for the network is told so, and it is written down.
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const { KSHOT_NETWORK: file } = process.env
const append = appendFileSync

function caught(what: string) {
  return () => {
    if (file) append(file, `${what}\n`)
    throw Object.assign(new Error(`no network: ${what}`), { code: 'ENETUNREACH' })
  }
}

net.Socket.prototype.connect = caught('connect')
net.Server.prototype.listen = caught('listen')
dgram.Socket.prototype.send = caught('send')
dns.lookup = caught('lookup') as unknown as typeof dns.lookup
dns.resolve = caught('resolve') as unknown as typeof dns.resolve
dns.promises.lookup = caught('lookup') as unknown as typeof dns.promises.lookup
globalThis.fetch = async () => caught('fetch')() as never
syncBuiltinESMExports()
