using System.Collections.Immutable;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Transactions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Harness;

/// <summary>A chain without clock and network: each block is made on demand, six seconds after the last.</summary>
internal sealed class TestChain : IDisposable
{
    public const string ChainId = "test-1";
    public const long Rich = 1_000_000_000_000;
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<ChainKey> _keys = [];
    private readonly IBlockLog _log;

    public TestChain(Func<GenesisDocument, GenesisDocument>? change = null, IBlockLog? log = null, EngineLimits? limits = null)
    {
        Tenant = Key("tenant");
        Provider = Key("provider");
        Rival = Key("rival");
        Auditor = Key("auditor");
        var genesis = DefaultGenesis(Tenant, Provider, Rival, Auditor);
        Genesis = change?.Invoke(genesis) ?? genesis;
        _log = log ?? new NoBlockLog();
        Engine = new(Genesis, new(new TxLimits(Decimal18.Parse("0.025"))), limits ?? DefaultLimits, _log);
    }

    public static EngineLimits DefaultLimits { get; } = new(1 << 20, 5_000, 64 << 20, 4 << 20, 0);

    public GenesisDocument Genesis { get; }

    public ChainEngine Engine { get; }

    public ChainKey Tenant { get; }

    public ChainKey Provider { get; }

    public ChainKey Rival { get; }

    public ChainKey Auditor { get; }

    public ChainState State => Engine.StateAt(Height)!;

    public long Height => Engine.View().Latest?.Height ?? 0;

    public static GenesisDocument DefaultGenesis(params ChainKey[] keys) => new()
    {
        ChainId = ChainId,
        Time = Start,
        Parameters = new(["500000uakt", "500000uact"], 20, TimeSpan.FromHours(1), TimeSpan.FromHours(720), ["500000uact", "500000uakt"], true),
        Accounts = [.. keys.Select(key => new GenesisAccount(key.Address.Value, [$"{Rich}uakt", $"{Rich}uact"]))],
    };

    public ChainKey Key(string name)
    {
        var key = TestKeys.Of(name);
        _keys.Add(key);
        return key;
    }

    /// <summary>Makes blocks until <paramref name="count"/> are made.</summary>
    public Block Produce(int count = 1)
    {
        Block? block = null;
        for (var i = 0; i < count; i++) block = Engine.Produce(Start.AddSeconds(6 * (Height + 1)));
        return block!;
    }

    /// <summary>Makes one block at a time of the test's choice.</summary>
    public Block ProduceAt(DateTimeOffset time) => Engine.Produce(time);

    /// <summary>Signs, sends, makes a block, and tells what became of it there. Fails the test when the mempool refuses.</summary>
    public TxResult Send(ChainKey key, params IMessage[] messages)
    {
        var submitted = Assert.IsType<SubmitResult.Checked>(Submit(key, messages));
        Assert.True(submitted.Result.Code == 0, submitted.Result.Log);
        return Produce().Txs.Single(tx => tx.Hash == submitted.Hash).Result;
    }

    /// <summary>As <see cref="Send"/>, and it must succeed.</summary>
    public TxResult Do(ChainKey key, params IMessage[] messages)
    {
        var result = Send(key, messages);
        Assert.True(result.Code == 0, $"{result.Codespace} {result.Code}: {result.Log}");
        return result;
    }

    public SubmitResult Submit(ChainKey key, params IMessage[] messages) => Engine.Submit(Sign(key, messages));

    public byte[] Sign(ChainKey key, params IMessage[] messages) => Sign(key, TransactionBuilder.Body(messages));

    /// <param name="key">Signer.</param>
    /// <param name="body">What is signed.</param>
    /// <param name="gas">Gas limit.</param>
    /// <param name="fee">Fee in uakt; null pays what the node asks.</param>
    /// <param name="ahead">Added to the account's sequence, for several transactions in one block.</param>
    /// <param name="chainId">Chain that is signed for.</param>
    public byte[] Sign(ChainKey key, Wire.Tx.TxBody body, ulong gas = 3_000_000, long? fee = null, ulong ahead = 0, string chainId = ChainId)
    {
        var account = State.Accounts.Find(key.Address);
        var wireFee = new Wire.Tx.Fee { GasLimit = gas };
        var amount = fee ?? (long)(gas / 40);
        if (amount > 0) wireFee.Amount.Add(new Wire.Base.Coin { Denom = "uakt", Amount = amount.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        var context = new SigningContext(chainId, account?.Number ?? 0, (account?.Sequence ?? 0) + ahead);
        return TransactionBuilder.SignAsync(body, wireFee, context, key, CancellationToken.None).GetAwaiter().GetResult().Bytes;
    }

    public long Balance(ChainKey key, string denom = "uact") => Balance(key.Address, denom);

    public long Balance(AccountAddress address, string denom = "uact") => (long)(State.Balances.Find(new(address, Denom.Parse(denom)))?.Amount ?? 0);

    /// <summary>Everything that all accounts hold together, per coin.</summary>
    public ImmutableSortedDictionary<string, System.Numerics.BigInteger> Supply() => State.Balances.All()
        .GroupBy(row => row.Id.Denom.Value)
        .ToImmutableSortedDictionary(group => group.Key, group => group.Aggregate(System.Numerics.BigInteger.Zero, (sum, row) => sum + row.Amount));

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
        _log.Dispose();
    }
}
