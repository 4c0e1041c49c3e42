using Microsoft.Extensions.Logging;

namespace ProviderAgent.Ledger;

/// <summary>The durable state of this provider: one SQLite database in the state directory, with one writer.</summary>
/// <remarks>
/// Holds our own intentions, decisions, accepted manifests, samples and money; the market and the engine are the truth about
/// everything else. A returned write survives a killed process and a power cut. All members are safe to call concurrently.
/// </remarks>
public sealed partial class LedgerDatabase : IAsyncDisposable, IDisposable
{
    private readonly LedgerLock _lock;
    private readonly LedgerWriter _writer;
    private readonly LedgerReaders _readers;
    private readonly string _file;
    private int _closed;

    private LedgerDatabase(LedgerFiles files, LedgerLock held, LedgerOpening opening, TimeProvider time, ILogger log)
    {
        _lock = held;
        _file = files.Database;
        Metrics = new();
        Metrics.ObserveSize(files.Size);
        _writer = new(opening.Session, files.Database, time, Metrics, log);
        _readers = new(files.Database);
        Quarantine = new(_writer, _readers, time, Metrics, log);
        Core = new(_writer, _readers, Quarantine, time);
        Cursors = new(Core);
        Intents = new(Core);
        Transactions = new(Core);
        Decisions = new(Core);
        SeenOrders = new(Core);
        Leases = new(Core);
        Manifests = new(Core);
        Ports = new(Core);
        Gpus = new(Core);
        Signals = new(Core);
        AccountKeys = new(Core);
        HostNames = new(Core);
        Usage = new(Core);
        Settlements = new(Core);
        DamagedFile = opening.Damaged;
    }

    public CursorStore Cursors { get; }

    public IntentStore Intents { get; }

    public TransactionStore Transactions { get; }

    public DecisionStore Decisions { get; }

    public SeenOrderStore SeenOrders { get; }

    public LeaseStore Leases { get; }

    public ManifestStore Manifests { get; }

    public PortStore Ports { get; }

    public GpuStore Gpus { get; }

    public SignalStore Signals { get; }

    public AccountKeyStore AccountKeys { get; }

    public HostNameStore HostNames { get; }

    public UsageStore Usage { get; }

    public SettlementStore Settlements { get; }

    public QuarantineStore Quarantine { get; }

    /// <summary>Where a damaged database was put when this one was opened; null when it was sound. This one began empty then.</summary>
    public string? DamagedFile { get; }

    internal LedgerCore Core { get; }

    internal LedgerMetrics Metrics { get; }

    /// <summary>How the ledger fares; never blocks.</summary>
    public LedgerHealth Health => new(_writer.Fault is null, _writer.Fault ?? $"{_file} is written", DamagedFile);

    /// <summary>Opens the ledger of a state directory, making directory and file if they are missing.</summary>
    /// <remarks>
    /// Checks the file (reads all of it, about a second per gigabyte) and upgrades an older schema. A damaged file is moved aside with its
    /// bytes and a fresh one begun: what matters is rebuilt from the market and the engine.
    /// </remarks>
    /// <param name="directory">The state directory.</param>
    /// <param name="time">Clock for time stamps.</param>
    /// <param name="log">Where state changes are told.</param>
    /// <exception cref="LedgerLockedException">Another process has it open.</exception>
    /// <exception cref="LedgerRefusedException">It is newer than this version, or no ledger.</exception>
    /// <exception cref="LedgerUnavailableException">Directory or disk cannot be used.</exception>
    public static LedgerDatabase Open(string directory, TimeProvider time, ILogger log) => Open(directory, LedgerSchema.Current, time, log);

    /// <inheritdoc cref="Open(string, TimeProvider, ILogger)"/>
    internal static LedgerDatabase Open(string directory, LedgerSchema schema, TimeProvider time, ILogger log)
    {
        var files = new LedgerFiles(Path.GetFullPath(directory));
        files.PrepareDirectory();
        var held = LedgerLock.Take(files);
        try
        {
            var start = time.GetTimestamp();
            var opening = LedgerOpening.Open(files, schema, time);
            if (opening.Damaged is { } damaged) Log.DamagedFileMoved(log, damaged, opening.Damage ?? "");
            if (opening.UpgradedFrom > 0 && opening.UpgradedFrom < schema.Version) Log.Upgraded(log, opening.UpgradedFrom, schema.Version);
            Log.Opened(log, files.Database, files.Size(), time.GetElapsedTime(start).TotalMilliseconds);
            return new(files, held, opening, time, log);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Ties the ledger to one market identity; the first call decides, later ones check.</summary>
    /// <param name="network">Name of the network.</param>
    /// <param name="provider">The provider's account.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <exception cref="LedgerRefusedException">It belongs to another network or account: nothing of it may be used for this one.</exception>
    /// <exception cref="LedgerUnavailableException">Not known whose it is.</exception>
    public async Task BindAsync(string network, AccountAddress provider, CancellationToken ct)
    {
        LedgerText.Key(network, 128, nameof(network));
        LedgerText.Key(provider.Value, AccountAddress.MaxLength, nameof(provider));
        var (boundNetwork, boundProvider) = await _writer.WriteAsync(
            session =>
            {
                session.Execute(
                    "INSERT INTO identity (id, network, provider, bound_at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING", network, provider.Value, Core.NowMs);
                return session.Query("SELECT network, provider FROM identity", row => (row.Text(0), row.Text(1)))[0];
            },
            ct).ConfigureAwait(false);
        if (boundNetwork == network && boundProvider == provider.Value) return;
        throw new LedgerRefusedException(
            $"{_file} belongs to provider {boundProvider} on {boundNetwork}, but this is {provider} on {network}; use another state directory, or the matching key and network");
    }

    /// <summary>Walks the hash chains of usage and money from the first row to the last.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed: nothing is proven either way.</exception>
    public Task<LedgerVerification> VerifyAsync(CancellationToken ct) => _readers.ReadAsync(ChainVerifier.Verify, ct);

    /// <summary>Finishes queued writes, closes the file and gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _writer.StopAsync().ConfigureAwait(false);
        _readers.Dispose();
        Metrics.Dispose();
        _lock.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "Ledger {File} is open: {Bytes} bytes, checked in {Milliseconds:0} ms", EventName = "Opened")]
        public static partial void Opened(ILogger logger, string file, long bytes, double milliseconds);

        [LoggerMessage(7002, LogLevel.Information, "Ledger schema was upgraded from version {From} to {To}", EventName = "Upgraded")]
        public static partial void Upgraded(ILogger logger, int from, int to);

        [LoggerMessage(7003, LogLevel.Error, "The ledger was damaged ({Damage}) and moved to {File}; a fresh one is filled from market and engine, past usage and income stay in the moved file", EventName = "DamagedFileMoved")]
        public static partial void DamagedFileMoved(ILogger logger, string file, string damage);
    }
}
