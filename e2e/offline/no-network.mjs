// Whatever tries to reach beyond this process fails: `node --import ./no-network.mjs`.
import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

function cut(name) {
  return () => {
    console.error(`${name} was called`)
    process.exit(70)
  }
}

globalThis.fetch = cut('fetch')
for (const [module, names] of [
  [net, ['connect', 'createConnection']],
  [http, ['request', 'get']],
  [https, ['request', 'get']],
  [dns, ['lookup', 'resolve']],
  [dgram, ['createSocket']],
]) {
  for (const name of names) module[name] = cut(name)
}
net.Socket.prototype.connect = cut('connect')
syncBuiltinESMExports()
