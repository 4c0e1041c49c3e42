using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>A local chain that speaks the wire of a real node.</summary>
public sealed class DevnetOptions
{
    /// <summary>Name of the network; part of what every transaction signs.</summary>
    /// <value>Default <c>devnet-1</c>; 1 to 50 letters, digits, dots and dashes.</value>
    public string ChainId { get; set; } = "devnet-1";

    /// <summary>Address and port of the RPC; port 0 picks a free one.</summary>
    /// <value>Default <c>127.0.0.1:26657</c>.</value>
    public string Listen { get; set; } = "127.0.0.1:26657";

    /// <summary>Address and port of gRPC, without TLS; port 0 picks a free one.</summary>
    /// <value>Default empty: none. A real node's port is 9090.</value>
    public string GrpcListen { get; set; } = "";

    /// <summary>Pace of blocks; 0 makes them on demand only.</summary>
    /// <value>Default 6 s, the real chain's; 0, or 20 ms to 1 h.</value>
    public TimeSpan BlockTime { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Folder of keys, genesis and blocks; empty keeps everything in memory and makes new keys at each start.</summary>
    /// <value>Default empty.</value>
    public string Home { get; set; } = "";

    /// <summary>Blocks that can be asked for; older ones are dropped from the RPC. 0 keeps all.</summary>
    /// <value>Default 100 000; 0, or at least 2.</value>
    public int KeepBlocks { get; set; } = 100_000;

    /// <summary>Least price of a unit of gas in uakt.</summary>
    /// <value>Default 0.0025, a real node's; 0 to 1000.</value>
    public decimal MinGasPrice { get; set; } = 0.0025m;

    /// <summary>Transactions can be looked up and searched, as on a node with an index.</summary>
    /// <value>Default true.</value>
    public bool TxIndex { get; set; } = true;

    /// <summary>Plays a node of version 2.1; false plays 2.0, without reclamation and without the fields that came with it.</summary>
    /// <value>Default true.</value>
    public bool Reclamation { get; set; } = true;

    /// <summary>An order with more bids than this takes no more.</summary>
    /// <value>Default 20; 1 to 500.</value>
    public int OrderMaxBids { get; set; } = 20;

    /// <summary>Smallest deposit of a bid, one entry per accepted coin.</summary>
    /// <value>Default 500000uakt and 500000uact.</value>
    public List<Coin> BidMinDeposits { get; set; } = [Coin.Parse("500000uakt"), Coin.Parse("500000uact")];

    /// <summary>Smallest deposit of a deployment, one entry per accepted coin.</summary>
    /// <value>Default 500000uact and 500000uakt.</value>
    public List<Coin> DeploymentMinDeposits { get; set; } = [Coin.Parse("500000uact"), Coin.Parse("500000uakt")];

    /// <summary>Shortest notice that a bid may promise.</summary>
    /// <value>Default 1 h; more than 0.</value>
    public TimeSpan MinReclaimWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest notice that a bid may promise.</summary>
    /// <value>Default 720 h; not below the shortest.</value>
    public TimeSpan MaxReclaimWindow { get; set; } = TimeSpan.FromHours(720);

    /// <summary>USD for one AKT, as the chain's oracle has it; 0 when it has no healthy price. One ACT is one USD.</summary>
    /// <value>Default 1; 0 to 1000000.</value>
    public decimal AktUsd { get; set; } = 1m;

    /// <summary>State of the circuit breaker of conversions.</summary>
    /// <value>Default healthy.</value>
    public DevnetBreaker Breaker { get; set; }

    /// <summary>Blocks of an epoch, at whose end conversions are carried out.</summary>
    /// <value>Default 10, a real node's; 1 to 100 000.</value>
    public int EpochBlocks { get; set; } = 10;

    /// <summary>What governance or an upgrade changes later.</summary>
    /// <value>Default nothing.</value>
    public List<DevnetChangeOptions> Changes { get; set; } = [];

    /// <summary>What the provider's and the tenant's account hold at the start, each.</summary>
    /// <value>Default 1000 AKT and 1000 ACT.</value>
    public List<Coin> Balances { get; set; } = [Coin.Parse("1000000000uakt"), Coin.Parse("1000000000uact")];

    /// <summary>Further accounts.</summary>
    /// <value>Default none.</value>
    public List<DevnetAccountOptions> Accounts { get; set; } = [];

    /// <summary>Attributes that auditors have signed.</summary>
    /// <value>Default none.</value>
    public List<DevnetAuditOptions> Audits { get; set; } = [];

    /// <summary>Who pays whose fees, by the one whose they are: an address, <c>provider</c> or <c>tenant</c> on both sides.</summary>
    /// <value>Default nobody.</value>
    public Dictionary<string, string> FeeGrants { get; set; } = [];

    /// <summary>What the node puts up with.</summary>
    /// <value>Default a real node's bounds.</value>
    public DevnetLimitOptions Limits { get; set; } = new();
}

/// <summary>What still becomes another coin.</summary>
public enum DevnetBreaker
{
    Healthy,
    Warning,

    /// <summary>No fee coin becomes credit; credit still becomes fee coin.</summary>
    HaltMint,
    HaltAll,
}

/// <summary>Parameters that change at a height; those of the options that are not named hold again.</summary>
public sealed class DevnetChangeOptions
{
    /// <summary>The first block that it holds for.</summary>
    /// <value>Needed; at least 2.</value>
    public long Height { get; set; }

    /// <summary>Smallest deposit of a bid.</summary>
    /// <value>Default none: as in the options.</value>
    public List<Coin>? BidMinDeposits { get; set; }

    /// <summary>An order with more bids than this takes no more.</summary>
    /// <value>Default none: as in the options.</value>
    public int? OrderMaxBids { get; set; }

    /// <summary>True upgrades a node of version 2.0 to 2.1.</summary>
    /// <value>Default none: as in the options.</value>
    public bool? Reclamation { get; set; }

    /// <summary>USD for one AKT; 0 when the oracle has no healthy price.</summary>
    /// <value>Default none: as in the options.</value>
    public decimal? AktUsd { get; set; }

    /// <summary>State of the circuit breaker of conversions.</summary>
    /// <value>Default none: as in the options.</value>
    public DevnetBreaker? Breaker { get; set; }
}

/// <summary>An account that exists from the start.</summary>
public sealed class DevnetAccountOptions
{
    /// <summary>Its address; empty means a new key.</summary>
    /// <value>Default empty.</value>
    public string Address { get; set; } = "";

    /// <summary>Name of the key file that is made when no address is given: <c>NAME.key</c> in the home folder.</summary>
    /// <value>Default empty; needed without an address. 1 to 50 letters, digits, dashes and underscores; not <c>provider</c> or <c>tenant</c>.</value>
    public string Name { get; set; } = "";

    /// <summary>What it holds.</summary>
    /// <value>Default nothing.</value>
    public List<Coin> Coins { get; set; } = [];

    /// <summary>Its account number; -1 for the next free one.</summary>
    /// <value>Default -1.</value>
    public long Number { get; set; } = -1;

    /// <summary>Number of its next transaction.</summary>
    /// <value>Default 0.</value>
    public long Sequence { get; set; }
}

/// <summary>Attributes of one provider that one auditor has signed.</summary>
public sealed class DevnetAuditOptions
{
    /// <summary>The auditor's address.</summary>
    /// <value>Default empty; needed.</value>
    public string Auditor { get; set; } = "";

    /// <summary>The provider's address; empty means the provider of this chain's home.</summary>
    /// <value>Default empty.</value>
    public string Provider { get; set; } = "";

    /// <summary>What was signed.</summary>
    /// <value>Default nothing.</value>
    public Dictionary<string, string> Attributes { get; set; } = [];
}

/// <summary>What the node puts up with.</summary>
public sealed class DevnetLimitOptions
{
    /// <summary>Longest request body.</summary>
    /// <value>Default 1 000 000 bytes, a real node's; 10 kB to 100 MB.</value>
    public ByteSize MaxBody { get; set; } = new(1_000_000);

    /// <summary>Longest answer; a longer one becomes an error.</summary>
    /// <value>Default 32 MiB; at least 100 kB.</value>
    public ByteSize MaxAnswer { get; set; } = new(32 * ByteSize.MiB);

    /// <summary>Connections at a time.</summary>
    /// <value>Default 900, a real node's; 2 to 100 000.</value>
    public int MaxConnections { get; set; } = 900;

    /// <summary>WebSocket clients with subscriptions.</summary>
    /// <value>Default 100, a real node's; at least 1.</value>
    public int MaxSubscriptionClients { get; set; } = 100;

    /// <summary>Subscriptions of one client.</summary>
    /// <value>Default 5, a real node's; at least 1.</value>
    public int MaxSubscriptionsPerClient { get; set; } = 5;

    /// <summary>Longest transaction.</summary>
    /// <value>Default 1 MiB, a real node's; 1 kB to 16 MiB.</value>
    public ByteSize MaxTx { get; set; } = new(ByteSize.MiB);

    /// <summary>Transactions that wait for a block.</summary>
    /// <value>Default 5000, a real node's; at least 1.</value>
    public int MaxMempoolTxs { get; set; } = 5_000;

    /// <summary>How long a call that waits for a block does so.</summary>
    /// <value>Default 10 s, a real node's; more than 0.</value>
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
