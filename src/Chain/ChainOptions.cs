using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain;

/// <summary>How the chain is reached and paid: section <c>chain</c> of the configuration.</summary>
public sealed class ChainOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "chain";

    /// <summary>Chain id of the network, for example <c>akashnet-2</c>. Endpoints of any other network are not used.</summary>
    /// <value>Default empty: the network of the first endpoint that answers is taken and logged.</value>
    public string Network { get; set; } = "";

    /// <summary>Nodes to ask, the preferred one first.</summary>
    /// <value>At least one, at most 16.</value>
    public List<ChainEndpointOptions> Endpoints { get; set; } = [];

    /// <summary>What transactions may cost.</summary>
    public ChainGasOptions Gas { get; set; } = new();

    /// <summary>When to stop trying what keeps failing.</summary>
    public ChainFailureOptions Failures { get; set; } = new();

    /// <summary>The key that signs.</summary>
    public ChainKeyOptions Key { get; set; } = new();

    /// <summary>How many endpoints must agree that a lease or deployment has ended before it counts as ended.</summary>
    /// <value>Default 2, bounds 1 to 3; no more than there are endpoints.</value>
    public int ConfirmOn { get; set; } = 2;

    /// <summary>Longest wait for the answer of one endpoint to a question.</summary>
    /// <value>Default 10 s, bounds 1 s to 2 min.</value>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for one endpoint to simulate or to take a transaction. What is lost by it is looked for afterwards.</summary>
    /// <value>Default 30 s, bounds 1 s to 5 min.</value>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many blocks a transaction may wait to be included before it is void. The chain enforces this.</summary>
    /// <value>Default 30 (about 3 min), bounds 5 to 600.</value>
    public int TimeoutBlocks { get; set; } = 30;

    /// <summary>How often an endpoint is asked for its latest block when it does not tell by itself.</summary>
    /// <value>Default 2 s, bounds 100 ms to 30 s.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether new blocks are also announced over a WebSocket, which saves up to one poll interval.</summary>
    /// <value>Default true. Nodes behind some proxies offer none; nothing is lost without.</value>
    public bool Subscribe { get; set; } = true;

    /// <summary>Without a new block for so long, other endpoints are asked whether they have one.</summary>
    /// <value>Default 15 s, bounds 2 s to 10 min; at least two and a half blocks are always waited for.</value>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest answer of an endpoint; a larger one counts as a fault of it.</summary>
    /// <value>Default 32 MiB, bounds 1 MiB to 512 MiB.</value>
    public ByteSize MaxResponse { get; set; } = new(32 * ByteSize.MiB);

    /// <summary>The most blocks that are replayed after an outage; after a longer one everything is read anew instead.</summary>
    /// <value>Default 10000 (about 17 h), bounds 10 to 1000000.</value>
    public int MaxReplayBlocks { get; set; } = 10_000;

    /// <summary>Whether transactions are sent without a sequence, so that another program with the same key cannot get in their way.</summary>
    /// <value>Default false. Needs a chain that allows it (node 2.0 and later); each transaction takes slightly more gas.</value>
    public bool Unordered { get; set; }

    /// <summary>Note that every transaction carries, for whoever reads the chain.</summary>
    /// <value>Default empty; at most 256 characters, the chain's own bound.</value>
    public string Memo { get; set; } = "";

    /// <summary>The most actions that share one transaction.</summary>
    /// <value>Default 30, bounds 1 to 100. With four transactions under way that is 120 in each block.</value>
    public int MaxBatch { get; set; } = 30;

    /// <summary>The most transactions under way at once.</summary>
    /// <value>Default 4, bounds 1 to 16.</value>
    public int MaxInFlight { get; set; } = 4;
}

/// <summary>One node: an entry of <c>chain.endpoints</c>.</summary>
public sealed class ChainEndpointOptions
{
    /// <summary>Address of the node's JSON-RPC, for example <c>https://rpc.example.com:443</c> or <c>http://127.0.0.1:26657</c>.</summary>
    /// <value>Required; http or https.</value>
    public Uri? Rpc { get; set; }

    /// <summary>Address of the node's gRPC, for example <c>https://grpc.example.com:443</c> or <c>http://127.0.0.1:9090</c>.</summary>
    /// <value>Default none: everything goes over JSON-RPC. With it queries and transactions go over gRPC, and over JSON-RPC while it fails.</value>
    public Uri? Grpc { get; set; }
}

/// <summary>What transactions may cost: section <c>chain.gas</c>.</summary>
public sealed class ChainGasOptions
{
    /// <summary>Fee for one unit of gas.</summary>
    /// <value>Default <c>0.025uakt</c>, what endpoints commonly ask for.</value>
    public string Price { get; set; } = "0.025uakt";

    /// <summary>Highest fee for one unit of gas, when an endpoint asks for more than <see cref="Price"/>; same coin.</summary>
    /// <value>Default <c>0.1uakt</c>; at least the price.</value>
    public string MaxPrice { get; set; } = "0.1uakt";

    /// <summary>Gas limit as a multiple of what the simulation used.</summary>
    /// <value>Default 1.5, bounds 1 to 5.</value>
    public decimal Adjustment { get; set; } = 1.5m;

    /// <summary>Highest gas limit of one transaction; with <see cref="MaxPrice"/> it bounds what a lying endpoint can make us pay.</summary>
    /// <value>Default 10000000, bounds 100000 to 1000000000. A bid takes 150000 to 300000.</value>
    public long Ceiling { get; set; } = 10_000_000;

    /// <summary>Account that pays the fees instead of ours, by an allowance that it has granted on the chain.</summary>
    /// <value>Default empty: our own account pays.</value>
    public string FeeGranter { get; set; } = "";
}

/// <summary>When to stop trying what keeps failing in blocks, each time for a fee: section <c>chain.failures</c>.</summary>
public sealed class ChainFailureOptions
{
    /// <summary>After so many actions of one kind have failed for one reason, no more of that kind are sent for a while.</summary>
    /// <value>Default 10, bounds 2 to 1000.</value>
    public int Limit { get; set; } = 10;

    /// <summary>How long that while is; then one more is tried.</summary>
    /// <value>Default 10 min, bounds 1 min to 1 day.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>The key that signs: section <c>chain.key</c>. The key itself never stands in the configuration.</summary>
public sealed class ChainKeyOptions
{
    /// <summary>File with a mnemonic or 64 hex digits, plain or encrypted, readable only by the user that runs the program.</summary>
    /// <value>Default empty. Exactly one of <c>file</c>, <c>credential</c> and <c>socket</c> is set.</value>
    public string File { get; set; } = "";

    /// <summary>Name of a systemd credential with the same content.</summary>
    /// <value>Default empty.</value>
    public string Credential { get; set; } = "";

    /// <summary>Unix socket of a signer, <c>provider-agent keys serve</c>: the key is in that process and never in this one.</summary>
    /// <value>Default empty.</value>
    public string Socket { get; set; } = "";

    /// <summary>File with the password of an encrypted key, with the same rules.</summary>
    /// <value>Default empty: the key is not encrypted.</value>
    public string PasswordFile { get; set; } = "";

    /// <summary>Name of a systemd credential with that password, instead of <c>password_file</c>.</summary>
    /// <value>Default empty.</value>
    public string PasswordCredential { get; set; } = "";

    /// <summary>File with the passphrase of the mnemonic.</summary>
    /// <value>Default empty: none. Only with <c>file</c>.</value>
    public string PassphraseFile { get; set; } = "";

    /// <summary>Account number in the key path m/44'/118'/account'/0/index.</summary>
    /// <value>Default 0.</value>
    public long Account { get; set; }

    /// <summary>Index in the key path m/44'/118'/account'/0/index.</summary>
    /// <value>Default 0.</value>
    public long Index { get; set; }
}
