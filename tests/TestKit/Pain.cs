namespace ProviderAgent.TestKit;

/// <summary>What operators of other providers complain of has numbers. A test that shows how it is here carries its number: <c>dotnet test --filter Pain=21</c>.</summary>
public static class Pain
{
    /// <summary>Name of the trait.</summary>
    public const string Trait = "Pain";

    /// <summary>An outage of the engine or of the market makes the provider close leases.</summary>
    public const string OutageClosesLeases = "1";

    /// <summary>A restart or an upgrade loses leases.</summary>
    public const string RestartLosesLeases = "2";

    /// <summary>Workloads stay behind after their lease.</summary>
    public const string DanglingWorkloads = "3";

    /// <summary>Capacity stays locked after its order is closed.</summary>
    public const string GhostReservations = "4";

    /// <summary>A refused order leaves a reservation, and owners cannot be refused.</summary>
    public const string LeakOnRefusal = "5";

    /// <summary>2^64 GPUs, negative memory.</summary>
    public const string AbsurdInventory = "6";

    /// <summary>Numbers of GPUs are told wrongly.</summary>
    public const string GpuMiscounted = "7";

    /// <summary>The status shows reservations that are not the real ones.</summary>
    public const string StatusIsWrong = "8";

    /// <summary>A GPU is not for sale again after its lease.</summary>
    public const string GpuStuckAfterCleanUp = "9";

    /// <summary>Orders that fit are refused for lack of capacity.</summary>
    public const string FalselyFull = "10";

    /// <summary>Another transaction of the account stops bids and withdrawals for days.</summary>
    public const string SequenceMismatch = "11";

    /// <summary>A bid counts as placed and never reaches the chain.</summary>
    public const string BidNeverOnChain = "12";

    /// <summary>Bidding stops and nobody is told.</summary>
    public const string SilentStop = "13";

    /// <summary>Fees are paid for bids on orders that have all the bids they may have.</summary>
    public const string PaysForFullOrders = "14";

    /// <summary>Without a node the provider does not start, and tenants lose access to what runs.</summary>
    public const string NeedsTheChainToStart = "15";

    /// <summary>The start asks for so much history that it fails.</summary>
    public const string HistoryOverload = "16";

    /// <summary>The status hangs.</summary>
    public const string StatusHangs = "17";

    /// <summary>Earnings are not withdrawn for months, and overdrawn leases run for nothing.</summary>
    public const string NotWithdrawn = "18";

    /// <summary>The same failing transaction is paid for again and again.</summary>
    public const string BleedsFees = "19";

    /// <summary>Many withdrawals at once time out.</summary>
    public const string ManyWithdrawals = "20";

    /// <summary>A lease without a manifest is not ended.</summary>
    public const string ManifestTimeout = "21";

    /// <summary>An update hangs because old and new do not fit side by side.</summary>
    public const string UpdateOnAFullHost = "22";

    /// <summary>The disk for layers fills up, with thousands of failed containers.</summary>
    public const string DiskExhausted = "23";

    /// <summary>A GPU falls off the bus and its containers are started without end.</summary>
    public const string GpuFallsOff = "24";

    /// <summary>The system replaces the driver under running containers.</summary>
    public const string DriverUpgraded = "25";

    /// <summary>Another GPU model is priced than the one that is picked.</summary>
    public const string WrongModelPriced = "26";

    /// <summary>Persistent storage silently has no room, or a wrong size.</summary>
    public const string PersistentStorageEmpty = "27";

    /// <summary>A helper that fails does not come back by itself.</summary>
    public const string HelperDoesNotRecover = "28";

    /// <summary>One tenant's connections take the provider down.</summary>
    public const string ConnectionFlood = "29";

    /// <summary>Processes without a parent use up the process numbers.</summary>
    public const string Zombies = "30";

    /// <summary>A variable in an image opens all GPUs.</summary>
    public const string GpusStolen = "31";

    /// <summary>Images and owners cannot be blocked.</summary>
    public const string NoModeration = "32";

    /// <summary>Host names can be taken from others, and lead on after their lease.</summary>
    public const string DomainHijack = "33";

    /// <summary>Two deployments on one provider cannot reach each other.</summary>
    public const string NeighboursUnreachable = "34";

    /// <summary>Shared memory has 64 MiB and no more.</summary>
    public const string SharedMemory = "35";

    /// <summary>No metrics of use, earnings and chain.</summary>
    public const string NoMetrics = "36";

    /// <summary>A helper service runs out of memory.</summary>
    public const string HelperOutOfMemory = "37";

    /// <summary>The set-up takes hours and needs to know Kubernetes.</summary>
    public const string HardSetUp = "38";

    /// <summary>Different GPU models in one host are counted wrongly.</summary>
    public const string MixedGpus = "39";

    /// <summary>The account has too little to bid, and that is noticed late.</summary>
    public const string LittleBalance = "40";

    /// <summary>Converted coins come only after an epoch.</summary>
    public const string EpochConversion = "41";

    /// <summary>Tenants do not learn why a lease ended.</summary>
    public const string EndWithoutReason = "42";

    /// <summary>Transactions without a timeout stay in the mempool and block later ones.</summary>
    public const string NoTimeoutHeight = "43";

    /// <summary>A GPU that is not in the market's table is invisible.</summary>
    public const string UnknownGpu = "44";
}
