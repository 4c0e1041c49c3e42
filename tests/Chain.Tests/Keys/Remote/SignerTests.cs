using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Keys.Remote;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Chain.Wire.Cert;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Keys.Remote;

/// <summary>The signer and its client, over a real socket.</summary>
public sealed class SignerTests : IAsyncLifetime
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ChainKey _key = ChainKey.FromMnemonic(Words);
    private readonly CancellationTokenSource _stop = new();
    private Socket? _listener;
    private Task _serving = Task.CompletedTask;

    private string Path => _folder.File("signer.sock");

    private string Address => _key.Address.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        _key.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task SignAsync_AProvidersMessages_IsTheSameAsWithTheKey()
    {
        Serve();
        var remote = await ConnectAsync();
        Assert.Equal(_key.Address, remote.Address);
        var document = Document([Withdraw(), new MsgRevokeCertificate { Id = new() { Owner = Address, Serial = "1" } }, Burn(Address)]);

        Assert.Equal(await _key.SignAsync(document, default), await remote.SignAsync(document, default));
    }

    [Fact]
    public async Task SignAsync_EveryActionOfTheMarket_IsAProvidersAndSigned()
    {
        Serve();
        var remote = await ConnectAsync();
        var (account, uact) = (_key.Address, Denom.Parse("uact"));
        var lease = LeaseId.Parse($"{account}/1/1/1/{account}");
        var record = new ProviderRecord(account, new("https://provider.example.com:8443"), [], "", "");
        MarketAction[] actions =
        [
            new MarketAction.PlaceBid(lease.Bid, Rate.PerTick(Decimal18.One, uact), Coin.Parse("500000uakt"), [], null),
            new MarketAction.CloseBid(lease.Bid, LeaseCloseReason.Unspecified),
            new MarketAction.Withdraw(lease),
            new MarketAction.StartReclaim(lease, LeaseCloseReason.Decommission),
            new MarketAction.CreateProvider(record),
            new MarketAction.UpdateProvider(record),
            new MarketAction.PublishCertificate("cert", "key"),
            new MarketAction.RevokeCertificate("1"),
            new MarketAction.Convert(new(1, uact)),
        ];
        Assert.Equal(typeof(MarketAction).GetNestedTypes().Select(type => type.Name).Order(), actions.Select(action => action.GetType().Name).Order());

        foreach (var action in actions) Assert.Equal(64, (await remote.SignAsync(Document([ActionEncoder.Encode(action, account, hasReclamation: true)]), default)).Length);
    }

    public static TheoryData<string> Hostile() => ["send", "exec", "to another", "fee", "fee coin", "payer", "nothing", "network", "no document", "two signers"];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task SignAsync_WhatSendsMoneyAway_IsRefusedWithTheReason(string what)
    {
        Serve();
        var remote = await ConnectAsync();

        var error = await Assert.ThrowsAsync<KeyException>(async () => await remote.SignAsync(Bad(what), default));

        Assert.Contains("does not sign this", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task SignAsync_SignerRestarted_GoesOn()
    {
        Serve();
        var remote = await ConnectAsync();
        await StopAsync();

        var away = await Assert.ThrowsAsync<KeyException>(async () => await remote.SignAsync(Document([Withdraw()]), default));
        Assert.True(away.IsTransient);
        Assert.Contains("keys serve", away.Message, StringComparison.Ordinal);

        Serve();
        await remote.SignAsync(Document([Withdraw()]), default);
    }

    [Fact]
    public async Task SignAsync_SignerCameBackWithAnotherKey_IsNotUsed()
    {
        Serve();
        var remote = await ConnectAsync();
        await StopAsync();
        using var other = ChainKey.FromMnemonic(Words, index: 1);
        Serve(other);

        Assert.Contains("another key", (await Assert.ThrowsAsync<KeyException>(async () => await remote.SignAsync(Document([Withdraw()]), default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0001\u0002\u007f\u007f\u007f\u007f")]
    [InlineData("\u0001\u0009\0\0\0\0")]
    [InlineData("\u0001\u0002\0\0\u0001\0short")]
    [InlineData("")]
    public async Task Server_Nonsense_HurtsNobodyElse(string bytes)
    {
        Serve();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path));
            await socket.SendAsync(Encoding.Latin1.GetBytes(bytes));
            socket.Shutdown(SocketShutdown.Send);
            using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
            var answer = new byte[256];
            try
            {
                while (await socket.ReceiveAsync(answer, limit.Token) > 0)
                {
                    // until it hangs up
                }
            }
            catch (SocketException)
            {
                // what was not read when it hung up makes a reset of it
            }
        }

        await (await ConnectAsync()).SignAsync(Document([Withdraw()]), default);
    }

    [Fact]
    public async Task Server_SilentCallers_DoNotKeepOthersOut()
    {
        Serve();
        var silent = new List<Socket>();
        for (var i = 0; i < 15; i++)
        {
            silent.Add(new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
            await silent[^1].ConnectAsync(new UnixDomainSocketEndPoint(Path));
        }

        await (await ConnectAsync()).SignAsync(Document([Withdraw()]), default);

        foreach (var socket in silent) socket.Dispose();
    }

    [Fact]
    public async Task ConnectAsync_NobodyThere_SaysHowToStartIt() =>
        Assert.Contains("keys serve", (await Assert.ThrowsAsync<KeyException>(ConnectAsync)).Message, StringComparison.Ordinal);

    private Task<SocketSigner> ConnectAsync() => SocketSigner.ConnectAsync(Path, TimeProvider.System, CancellationToken.None).WaitAsync(Patience);

    private void Serve(ChainKey? key = null)
    {
        _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        var signer = key ?? _key;
        _serving = new SignerServer(signer, new(signer.Address, Coin.Parse("1000000uakt"), "devnet-1"), TimeProvider.System, NullLogger<SignerServer>.Instance).RunAsync(_listener, _stop.Token);
    }

    private async Task StopAsync()
    {
        _listener?.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        File.Delete(Path);
    }

    private MsgWithdrawLease Withdraw() => new() { Id = new() { Owner = Address, Dseq = 1, Gseq = 1, Oseq = 1, Provider = Address } };

    private MsgBurnACT Burn(string to) => new() { Owner = Address, To = to, CoinsToBurn = new() { Denom = "uact", Amount = "10000000" } };

    private byte[] Bad(string what) => what switch
    {
        // A transfer and what wraps one, by their type alone: this room knows neither.
        "send" => Document([Withdraw()], body => body.Messages.Add(new Google.Protobuf.WellKnownTypes.Any { TypeUrl = "/cosmos.bank.v1beta1.MsgSend" })),
        "exec" => Document([], body => body.Messages.Add(new Google.Protobuf.WellKnownTypes.Any { TypeUrl = "/cosmos.authz.v1beta1.MsgExec" })),
        "to another" => Document([Burn("akash19rl4cm2hmr8afy4kldpxz3fka4jguq0a3mq6x0")]),
        "fee" => Document([Withdraw()], fee: new() { Amount = { new Wire.Base.Coin { Denom = "uakt", Amount = "1000001" } } }),
        "fee coin" => Document([Withdraw()], fee: new() { Amount = { new Wire.Base.Coin { Denom = "uact", Amount = "1" } } }),
        "payer" => Document([Withdraw()], fee: new() { Payer = "akash19rl4cm2hmr8afy4kldpxz3fka4jguq0a3mq6x0" }),
        "nothing" => Document([]),
        "network" => Document([Withdraw()], chainId: "akashnet-2"),
        "two signers" => Document([Withdraw()], signers: 2),
        _ => Encoding.ASCII.GetBytes("pay me, please"),
    };

    private byte[] Document(IMessage[] messages, Action<TxBody>? change = null, Fee? fee = null, string chainId = "devnet-1", int signers = 1)
    {
        var body = TransactionBuilder.Body(messages);
        change?.Invoke(body);
        var info = new AuthInfo { Fee = fee ?? new() { GasLimit = 200_000, Amount = { new Wire.Base.Coin { Denom = "uakt", Amount = "5000" } } } };
        for (var i = 0; i < signers; i++) info.SignerInfos.Add(new SignerInfo { ModeInfo = new() { Single = new() { Mode = Wire.Tx.Signing.SignMode.Direct } } });
        return new SignDoc { BodyBytes = body.ToByteString(), AuthInfoBytes = info.ToByteString(), ChainId = chainId, AccountNumber = 7 }.ToByteArray();
    }
}
