// The network's own client library: queries over gRPC, a transaction over JSON-RPC.
// Reads { grpc, rpc, mnemonic, order: { owner, dseq }, bid } as JSON from the second argument.
import { createChainNodeSDK, createStargateClient } from '@akashnetwork/chain-sdk';

const input = JSON.parse(process.argv[2]);
const signer = createStargateClient({ baseUrl: input.rpc, signerMnemonic: input.mnemonic, defaultGasPrice: '0.025uakt' });
const sdk = createChainNodeSDK({ query: { baseUrl: input.grpc }, tx: { signer } });
const report = {};
const orders = await sdk.akash.market.v1beta5.getOrders({ filters: { state: 'open' }, pagination: { limit: 10 } });
report.orders = orders.orders.map((order) => ({ owner: order.id.owner, dseq: order.id.dseq.toString(), units: order.spec.resources.length }));
const bids = await sdk.akash.market.v1beta5.getBids({ filters: { provider: input.provider } });
report.bids = bids.bids.map(({ bid, escrowAccount }) => ({ dseq: bid.id.dseq.toString(), state: bid.state, price: bid.price.amount, deposit: escrowAccount.state.funds[0].denom }));
const params = await sdk.akash.market.v1beta5.getParams({});
report.maxBids = params.params.orderMaxBids;
await sdk.akash.provider.v1beta4.createProvider({ owner: input.address, hostUri: 'https://rival.example.com:8443', attributes: [{ key: 'region', value: 'eu' }], info: { email: '', website: '' } });
const { provider } = await sdk.akash.provider.v1beta4.getProvider({ owner: input.address });
report.provider = { hostUri: provider.hostUri, attributes: provider.attributes.length };
try {
  await sdk.akash.market.v1beta5.getOrder({ id: { owner: input.address, dseq: 999n, gseq: 1, oseq: 1 } });
} catch (error) {
  report.absent = { code: error.code, text: error.rawMessage };
}
await sdk.akash.cert.v1.createCertificate({ owner: input.address, cert: Buffer.from(input.cert), pubkey: Buffer.from(input.pubkey) });
await sdk.akash.cert.v1.revokeCertificate({ id: { owner: input.address, serial: input.serial } });
const certificates = await sdk.akash.cert.v1.getCertificates({ filter: { owner: input.address } });
report.certificates = certificates.certificates.map(({ certificate, serial }) => ({ serial, state: certificate.state }));
const terms = await sdk.akash.bme.v1.getParams({});
report.epoch = Number(terms.params.minEpochBlocks);
await sdk.akash.bme.v1.burnACT({ owner: input.address, to: input.address, coinsToBurn: { denom: 'uact', amount: '12000000' } });
const records = await sdk.akash.bme.v1.getLedgerRecords({ filters: { source: input.address } });
report.records = records.records.map((entry) => ({ from: entry.id.denom, to: entry.id.toDenom, status: entry.status }));
console.log(JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
process.exit(0);
