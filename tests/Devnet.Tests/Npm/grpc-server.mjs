// A server of @grpc/grpc-js whose methods behave in every way that a client has to cope with. Writes its port, then runs until it is killed.
// With two arguments, a certificate and its key as files, it speaks TLS.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';

const raw = (bytes) => bytes;
const method = (name) => ({
  path: `/test.Test/${name}`, requestStream: false, responseStream: false,
  requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw,
});
const handlers = {
  Echo: (call, done) => {
    const headers = new grpc.Metadata();
    headers.set('x-cosmos-block-height', '77');
    call.sendMetadata(headers);
    done(null, call.request);
  },
  Empty: (_, done) => done(null, Buffer.alloc(0)),
  NotFound: (_, done) => done({ code: grpc.status.NOT_FOUND, details: 'order not found: größer als 100 %' }),
  Invalid: (_, done) => done({ code: grpc.status.INVALID_ARGUMENT, details: 'no' }),
  Busy: (_, done) => done({ code: grpc.status.UNAVAILABLE, details: 'try later' }),
  Big: (_, done) => done(null, Buffer.alloc(3 << 20, 7)),
  Hang: () => {},
  DeadlineSeen: (call, done) => done(null, Buffer.from(String(Math.round((call.getDeadline() - Date.now()) / 1000)))),
};
const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
server.addService(Object.fromEntries(Object.keys(handlers).map((name) => [name, method(name)])), handlers);
const [certificate, key] = process.argv.slice(2);
const credentials = certificate
  ? grpc.ServerCredentials.createSsl(null, [{ cert_chain: readFileSync(certificate), private_key: readFileSync(key) }])
  : grpc.ServerCredentials.createInsecure();
server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
  if (error) throw error;
  console.log(port);
});
