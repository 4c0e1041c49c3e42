using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Crypto;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>What a transaction comes to when a block carries it out.</summary>
internal sealed record Execution(uint Code = 0, string Codespace = "", string Log = "", long GasUsed = 100_000);

/// <summary>A transaction in a block.</summary>
internal sealed record ExecutedTransaction(byte[] Bytes, TransactionHash Hash, Execution Result);

/// <summary>One block.</summary>
internal sealed record ScriptedBlock(long Height, DateTimeOffset Time, IReadOnlyList<ExecutedTransaction> Transactions, IReadOnlyList<string> EventJson);

/// <summary>The chain behind scripted nodes: blocks when the test says so, one account, real signatures and sequences.</summary>
internal sealed class ScriptedChain(string network = "test-1", long height = 100)
{
    private readonly Lock _gate = new();
    private readonly List<ScriptedBlock> _blocks = [];
    private readonly List<ScriptedNode> _nodes = [];
    private readonly Dictionary<string, int> _carriedOut = [];
    private long _height = height;

    public string Network { get; } = network;

    public ulong AccountNumber { get; set; } = 7;

    /// <summary>Sequence after the latest block.</summary>
    public ulong Sequence { get; set; } = 5;

    /// <summary>Whether the account exists.</summary>
    public bool HasAccount { get; set; } = true;

    /// <summary>Oldest block that nodes still have.</summary>
    public long Earliest { get; set; } = 1;

    /// <summary>Decides what becomes of the messages of a transaction; by default they succeed.</summary>
    public Func<TxBody, Execution> Execute { get; set; } = _ => new Execution();

    /// <summary>When false, blocks are empty and what waits goes on waiting.</summary>
    public bool IncludesTransactions { get; set; } = true;

    /// <summary>Events of the next block, as the JSON of ABCI events.</summary>
    public List<string> NextEvents { get; } = [];

    /// <summary>Time between blocks, for headers.</summary>
    public TimeSpan BlockTime { get; set; } = TimeSpan.FromSeconds(6);

    public long Height
    {
        get
        {
            lock (_gate) return _height;
        }
    }

    /// <summary>Time of the block at a height; the latest block is always fresh.</summary>
    public DateTimeOffset TimeOf(long height) => TimeProvider.System.GetUtcNow() - (BlockTime * (Height - height));

    /// <summary>How often a message was carried out, by its bytes.</summary>
    public int TimesCarriedOut(IMessage message)
    {
        lock (_gate) return _carriedOut.GetValueOrDefault(Key(message.ToByteArray()));
    }

    public int TransactionCount
    {
        get
        {
            lock (_gate) return _blocks.Sum(block => block.Transactions.Count);
        }
    }

    public IReadOnlyList<ScriptedBlock> Blocks
    {
        get
        {
            lock (_gate) return [.. _blocks];
        }
    }

    public void Attach(ScriptedNode node)
    {
        lock (_gate) _nodes.Add(node);
    }

    public ScriptedBlock? Find(long height)
    {
        lock (_gate) return _blocks.Find(block => block.Height == height);
    }

    public (long Height, ExecutedTransaction Transaction)? Find(TransactionHash hash)
    {
        lock (_gate)
        {
            foreach (var block in _blocks)
            {
                if (block.Transactions.FirstOrDefault(transaction => transaction.Hash == hash) is { } found) return (block.Height, found);
            }

            return null;
        }
    }

    /// <summary>Makes blocks of what waits in the nodes' pools.</summary>
    public void Produce(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            lock (_gate)
            {
                _height++;
                var executed = new List<ExecutedTransaction>();
                foreach (var transaction in _nodes.SelectMany(node => node.Pool).DistinctBy(bytes => TransactionHash.Of(bytes)).OrderBy(SequenceOf).ToList())
                {
                    if (!IncludesTransactions || SequenceOf(transaction) != Sequence || TimeoutOf(transaction) < _height) continue;
                    Sequence++;
                    var result = Execute(Body(transaction));
                    if (result.Code == 0) Count(transaction);
                    executed.Add(new(transaction, TransactionHash.Of(transaction), result));
                }

                foreach (var node in _nodes) node.Recheck(Sequence, _height);
                _blocks.Add(new(_height, TimeProvider.System.GetUtcNow(), executed, [.. NextEvents]));
                NextEvents.Clear();
            }
        }
    }

    /// <summary>Another program with the same key used a sequence.</summary>
    public void UseSequence()
    {
        lock (_gate) Sequence++;
    }

    public static TxBody Body(byte[] transaction) => TxBody.Parser.ParseFrom(TxRaw.Parser.ParseFrom(transaction).BodyBytes);

    public static AuthInfo Auth(byte[] transaction) => AuthInfo.Parser.ParseFrom(TxRaw.Parser.ParseFrom(transaction).AuthInfoBytes);

    public static ulong SequenceOf(byte[] transaction) => Auth(transaction).SignerInfos[0].Sequence;

    public static long TimeoutOf(byte[] transaction) => (long)Body(transaction).TimeoutHeight;

    /// <summary>True when the signature is the signer's, for this network and account number.</summary>
    public bool IsSigned(byte[] transaction)
    {
        var raw = TxRaw.Parser.ParseFrom(transaction);
        var key = PubKey.Parser.ParseFrom(Auth(transaction).SignerInfos[0].PublicKey.Value).Key;
        var document = new SignDoc { BodyBytes = raw.BodyBytes, AuthInfoBytes = raw.AuthInfoBytes, ChainId = Network, AccountNumber = AccountNumber };
        return Secp256k1PublicKey.Parse(key.Span).Verify(document.ToByteArray(), raw.Signatures[0].Span);
    }

    private void Count(byte[] transaction)
    {
        foreach (var message in Body(transaction).Messages)
        {
            var key = Key(message.Value.ToByteArray());
            _carriedOut[key] = _carriedOut.GetValueOrDefault(key) + 1;
        }
    }

    private static string Key(byte[] message) => Convert.ToHexString(message);
}
