// An independent client of the chain: reads it, signs and sends with @cosmjs, and decodes the transactions of others.
// Reads { rpc, mnemonic, messages: [{ typeUrl, value }], decode: [base64] } as JSON from the second argument; values are the base64 of encoded messages.
import { DirectSecp256k1HdWallet, Registry, decodeTxRaw, decodePubkey } from '@cosmjs/proto-signing';
import { SigningStargateClient, StargateClient, GasPrice, defaultRegistryTypes } from '@cosmjs/stargate';
import { Comet38Client } from '@cosmjs/tendermint-rpc';

const input = JSON.parse(process.argv[2]);
const reader = await StargateClient.connect(input.rpc);
const wallet = await DirectSecp256k1HdWallet.fromMnemonic(input.mnemonic, { prefix: 'akash' });
const [{ address }] = await wallet.getAccounts();

// Messages are bytes already; the registry only has to pass them on.
const raw = { encode: (message) => ({ finish: () => message.bytes }), decode: (bytes) => ({ bytes }), fromPartial: (message) => message };
const registry = new Registry(defaultRegistryTypes);
for (const { typeUrl } of input.messages) registry.register(typeUrl, raw);

const comet = await Comet38Client.connect(input.rpc);
const client = await SigningStargateClient.createWithSigner(comet, wallet, { registry, gasPrice: GasPrice.fromString('0.025uakt'), broadcastPollIntervalMs: 100 });
const messages = input.messages.map(({ typeUrl, value }) => ({ typeUrl, value: { bytes: Buffer.from(value, 'base64') } }));
const report = { address, chainId: await reader.getChainId(), height: await reader.getHeight(), balance: await reader.getBalance(address, 'uakt') };
report.account = await reader.getAccount(address);
if (messages.length > 0) {
  report.gas = await client.simulate(address, messages, 'from an independent client');
  const sent = await client.signAndBroadcast(address, messages, 1.5, 'from an independent client');
  report.sent = { code: sent.code, hash: sent.transactionHash, height: sent.height, log: sent.rawLog, events: sent.events.map((event) => event.type) };
  const found = await reader.getTx(sent.transactionHash);
  report.found = found && { height: found.height, code: found.code };
  const results = await comet.blockResults(sent.height);
  report.results = results.results.length;
}
report.decoded = input.decode.map((bytes) => {
  const tx = decodeTxRaw(Buffer.from(bytes, 'base64'));
  return {
    memo: tx.body.memo, timeoutHeight: tx.body.timeoutHeight.toString(), messages: tx.body.messages.map(({ typeUrl, value }) => ({ typeUrl, value: Buffer.from(value).toString('base64') })),
    gasLimit: tx.authInfo.fee.gasLimit.toString(), fee: tx.authInfo.fee.amount, sequence: tx.authInfo.signerInfos[0].sequence.toString(),
    signer: decodePubkey(tx.authInfo.signerInfos[0].publicKey).value,
  };
});
console.log(JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
client.disconnect();
reader.disconnect();
