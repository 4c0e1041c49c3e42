namespace ProviderAgent.Ledger.Tests;

/// <summary>Writes the file that <see cref="LedgerSchemaTests"/> keeps of each released version: one row of every kind.</summary>
internal static class VersionFile
{
    public static async Task WriteAsync(LedgerDatabase ledger, CancellationToken ct)
    {
        var lease = Sample.Lease(1);
        await ledger.BindAsync("akashnet-2", lease.Provider, ct);
        await ledger.Cursors.SetAsync("follower", new(27_230_465), ct);
        await ledger.Intents.CompleteAsync(await ledger.Intents.BeginAsync("bid.close", "subject", "{}", ct), """{"done":true}""", ct);
        await ledger.Intents.BeginAsync("bid.place", "subject", "{}", ct);
        await ledger.Transactions.SaveAsync("AA", new byte[] { 1 }, 1, 100, "closed", ct);
        await ledger.Transactions.CloseAsync("AA", "{}", ct);
        await ledger.Transactions.SaveAsync("AB", new byte[] { 2 }, 2, 101, "open", ct);
        var decision = new StoredDecision(Sample.Order(1), Sample.Epoch, DecisionResult.Decline, "above_max_price", "too dear", "1 uact/tick", "{}");
        await ledger.Decisions.PutAsync(decision, ct);
        await ledger.Decisions.PutAsync(decision with { Result = DecisionResult.Bid, Reason = "bid" }, ct);
        await ledger.SeenOrders.PutAsync(Sample.Order(1), Sample.Epoch, [7], ct);
        var stored = new StoredLease { Id = lease, State = "active", Price = Rate.PerTick(Decimal18.Parse("5.931488"), Sample.UactDenom), CreatedAt = Sample.Epoch };
        await ledger.Leases.PutAsync(stored, ct);
        await ledger.Manifests.PutAsync(lease, Sample.Hash(1), "{}"u8.ToArray(), ct);
        await ledger.Manifests.PutAsync(lease, Sample.Hash(2), "{}"u8.ToArray(), ct);
        await ledger.Ports.ReserveAsync(new(lease, "web", 80, PortProtocol.Tcp), new(30_000, 30_010), new HashSet<int>(), ct);
        await ledger.Signals.PutAsync(new(lease, "Scan", Sample.Epoch, Sample.Epoch, 1), ct);
        await ledger.AccountKeys.PutAsync(AccountAddress.Parse("akash1tenant"), new byte[] { 2, 7 }, ct);
        await ledger.HostNames.PutAsync([new("www.example.com", lease, Sample.Epoch)], ct);
        for (var n = 1; n <= 40; n++) await ledger.Usage.AppendAsync([Sample.Interval("container", n)], ct);
        await ledger.Usage.FoldAsync(Sample.Epoch.AddSeconds(105), 1000, ct);
        await ledger.Settlements.RecordAsync(lease, new(10), Sample.Uact(100), "AA", Sample.Uakt(5), ct);
        await ledger.Settlements.RecordAsync(lease, new(20), Sample.Uact(250), "", null, ct);
    }
}
