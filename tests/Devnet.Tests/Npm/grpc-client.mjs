// Calls methods of a gRPC server with @grpc/grpc-js. Reads calls as JSON from the second argument, writes the outcomes as JSON.
import grpc from '@grpc/grpc-js';

const [address, calls] = [process.argv[2], JSON.parse(process.argv[3])];
const client = new grpc.Client(address, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
const raw = (bytes) => bytes;
const outcomes = [];
for (const call of calls) {
  outcomes.push(await new Promise((resolve) => {
    const metadata = new grpc.Metadata();
    if (call.height) metadata.set('x-cosmos-block-height', call.height);
    const outcome = { code: 0, text: '', answer: null, height: null };
    const options = { deadline: Date.now() + (call.deadlineMs ?? 60000) };
    client.makeUnaryRequest(call.path, raw, raw, Buffer.from(call.request ?? '', 'base64'), metadata, options, (error, answer) => {
      if (error) Object.assign(outcome, { code: error.code, text: error.details });
      else outcome.answer = answer.toString('base64');
    }).on('metadata', (headers) => { outcome.height = headers.get('x-cosmos-block-height')[0] ?? null; })
      .on('status', () => setImmediate(() => resolve(outcome)));
  }));
}
console.log(JSON.stringify(outcomes));
client.close();
