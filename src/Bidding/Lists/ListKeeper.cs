using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>Reads the lists again and again; what cannot be read stays as it was read last.</summary>
internal sealed partial class ListKeeper(
    IOptionsMonitor<BiddingOptions> options, IEnumerable<IListArchive> archives, BiddingPulses pulses, BiddingMetrics metrics, TimeProvider time, ILogger<ListKeeper> log)
    : BackgroundService, IAccessLists
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = SmallBody.CreateClient(connections: 2);
    private readonly IListArchive? _archive = archives.LastOrDefault();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private volatile AccessLists? _current;

    /// <inheritdoc/>
    /// <remarks>Before the first look, every list counts as not read.</remarks>
    public AccessLists Current => _current ?? Unread();

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at every list that is due.</summary>
    internal async Task ReadDueAsync(CancellationToken ct)
    {
        var wanted = options.CurrentValue.Lists;
        foreach (var list in wanted) await ReadAsync(list, ct);
        foreach (var gone in _known.Keys.Except(wanted.Select(list => list.Name)).ToArray()) _known.Remove(gone);
        var next = new AccessLists([.. wanted.Select(list => new AccessList(list.Name, list.Effect, list.Subject, Entries(list, out var problem), problem))]);
        var before = _current;
        _current = next;
        metrics.UnreadLists = next.Lists.Count(list => list.Problem is not null);
        if (!Same(before ?? AccessLists.None, next)) pulses.Scan.Wake(); // orders that were declined for a list may be judged anew
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // A list that nobody serves must not hold up the start: until it is read, what it concerns is declined.
            await ReadDueAsync(stoppingToken);
            await Task.Delay(Turn, time, stoppingToken);
        }
    }

    private async Task ReadAsync(ListOptions list, CancellationToken ct)
    {
        var known = _known.GetValueOrDefault(list.Name);
        if (known is null || known.File != list.File || known.Url != list.Url)
        {
            known = new(list.File, list.Url);
            _known[list.Name] = known;
            if (list.Url is { } url && _archive?.Find(KeyOf(url)) is { } kept && ListText.TryRead(kept, out var entries) is null) known.FromUrl = entries;
        }

        if (list.File.Length > 0) ReadFile(list, known);
        if (list.Url is null || (known.AskedAt is { } asked && time.GetElapsedTime(asked) < list.Refresh)) return;
        known.AskedAt = time.GetTimestamp();
        await AskAsync(list, known, ct);
    }

    private void ReadFile(ListOptions list, Known known)
    {
        try
        {
            var file = new FileInfo(list.File);
            if (known.FromFile is not null && file.Exists && (file.LastWriteTimeUtc, file.Length) == known.FileStamp) return;
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (file.Length > ListText.MaxBytes) throw new IOException($"it is larger than {ListText.MaxBytes} bytes");
            if (ListText.TryRead(File.ReadAllText(list.File), out var entries) is { } wrong) throw new IOException(wrong);
            (known.FromFile, known.FileStamp) = (entries, stamp);
            Clear(list, known);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Complain(list, known, $"{list.File}: {error.Message}");
        }
    }

    private async Task AskAsync(ListOptions list, Known known, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var answer = await _http.GetAsync(list.Url, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode) throw new IOException($"it answers {(int)answer.StatusCode}");
            var body = await SmallBody.ReadAsync(answer, ListText.MaxBytes, either.Token) ?? throw new IOException($"it answers with more than {ListText.MaxBytes} bytes");
            var text = Encoding.UTF8.GetString(body);
            if (ListText.TryRead(text, out var entries) is { } wrong) throw new IOException(wrong);
            known.FromUrl = entries;
            Clear(list, known);
            _archive?.Put(KeyOf(list.Url!), text);
        }
        catch (Exception error) when (error is IOException or HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Complain(list, known, $"{list.Url?.Host}: {(error is OperationCanceledException ? $"no answer within {Deadline.TotalSeconds:0} s" : error.Message)}");
        }
    }

    private HashSet<string> Entries(ListOptions list, out string? problem)
    {
        var known = _known[list.Name];
        var isUnread = (list.File.Length > 0 && known.FromFile is null) || (list.Url is not null && known.FromUrl is null);
        problem = isUnread ? known.Problem ?? "it was not read yet" : null;
        var entries = new HashSet<string>(list.Entries, StringComparer.Ordinal);
        entries.UnionWith(known.FromFile ?? []);
        entries.UnionWith(known.FromUrl ?? []);
        return entries;
    }

    private AccessLists Unread() =>
        new([.. options.CurrentValue.Lists.Select(list => new AccessList(list.Name, list.Effect, list.Subject, new HashSet<string>(list.Entries, StringComparer.Ordinal), list.File.Length > 0 || list.Url is not null ? "it was not read yet" : null))]);

    private void Complain(ListOptions list, Known known, string problem)
    {
        if (known.Problem != problem) Log.ListUnreadable(log, list.Name, problem, known.FromFile is null && known.FromUrl is null ? "all orders that it concerns are declined" : "what was read last still holds");
        known.Problem = problem;
    }

    private void Clear(ListOptions list, Known known)
    {
        var count = (known.FromFile?.Count ?? 0) + (known.FromUrl?.Count ?? 0) + list.Entries.Count;
        Log.ListRead(log, list.Name, count);
        known.Problem = null;
    }

    private static bool Same(AccessLists left, AccessLists right) =>
        left.Lists.Count == right.Lists.Count
        && left.Lists.Zip(right.Lists).All(pair => pair.First.Name == pair.Second.Name && pair.First.Effect == pair.Second.Effect && pair.First.Subject == pair.Second.Subject
            && pair.First.Problem == pair.Second.Problem && pair.First.Entries.SetEquals(pair.Second.Entries));

    // A name for a file, whatever the address contains.
    private static string KeyOf(Uri url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.OriginalString)))[..32];

    private sealed class Known(string file, Uri? url)
    {
        public string File { get; } = file;

        public Uri? Url { get; } = url;

        public HashSet<string>? FromFile { get; set; }

        public (DateTime WrittenAt, long Length) FileStamp { get; set; }

        public HashSet<string>? FromUrl { get; set; }

        public long? AskedAt { get; set; }

        public string? Problem { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(3090, LogLevel.Warning, "List '{List}' cannot be read ({Problem}); {Consequence}", EventName = "ListUnreadable")]
        public static partial void ListUnreadable(ILogger logger, string list, string problem, string consequence);

        [LoggerMessage(3091, LogLevel.Information, "List '{List}' was read and has {Count} entries", EventName = "ListRead")]
        public static partial void ListRead(ILogger logger, string list, int count);
    }
}
