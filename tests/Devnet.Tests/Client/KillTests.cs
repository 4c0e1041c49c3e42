using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>Row 1 of the table of faults, for what the chain's client does: killed at each point of its journal, everything happens once.</summary>
public sealed class KillTests
{
    public static TheoryData<string, JournalPoint, bool> Points()
    {
        var rows = new TheoryData<string, JournalPoint, bool>();
        foreach (var action in (string[])["MsgCreateBid", "MsgCloseBid", "MsgWithdrawLease", "MsgLeaseStartReclaim"])
        {
            foreach (var point in Enum.GetValues<JournalPoint>())
            {
                rows.Add(action, point, false);
                rows.Add(action, point, true);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Row1_KilledAtAJournalPoint_HappensOnce(string message, JournalPoint point, bool unordered)
    {
        await using var world = await ClientWorld.StartAsync((options, _) => options.Unordered = unordered);
        var action = await PrepareAsync(world, message);
        var from = world.Chain.Height;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Outbox.At = at => at == point ? Stop() : Task.CompletedTask;
        world.KeepProducing();
        var waiting = world.Market.SubmitAsync(action, CancellationToken.None);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await world.KillClientAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1)));
        world.Outbox.At = _ => Task.CompletedTask;

        await world.StartClientAsync((options, _) => options.Unordered = unordered);
        await world.Market.SettleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        var done = await CountAsync(world, message, from);
        Assert.Equal(point == JournalPoint.BeforeSave ? 0 : 1, done);
        if (done == 0) Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(action));

        Assert.Equal(1, await CountAsync(world, message, from));
        Assert.Empty(world.Outbox.Open);

        Task Stop()
        {
            reached.TrySetResult();
            return Task.FromException(new OperationCanceledException("killed"));
        }
    }

    /// <summary>Everything up to where the action can be done.</summary>
    private static async Task<MarketAction> PrepareAsync(ClientWorld world, string message)
    {
        await world.DeployAsync(100);
        var bid = world.Bid(100);
        if (message == "MsgCreateBid") return bid;
        await world.Node.DoAsync(world.Provider, Market.CreateBid(bid.Bid.Order, world.Provider, window: message == "MsgLeaseStartReclaim" ? TimeSpan.FromHours(2) : null));
        if (message == "MsgCloseBid") return new MarketAction.CloseBid(bid.Bid, LeaseCloseReason.Unspecified);
        await world.Node.DoAsync(world.Tenant, Market.CreateLease(bid.Bid.Lease));
        await world.Chain.ProduceBlockAsync(10);
        return message == "MsgWithdrawLease" ? new MarketAction.Withdraw(bid.Bid.Lease) : new MarketAction.StartReclaim(bid.Bid.Lease, LeaseCloseReason.Decommission);
    }

    /// <summary>How often a message was carried out, by the events of the blocks after <paramref name="from"/>.</summary>
    private static async Task<int> CountAsync(ClientWorld world, string message, long from)
    {
        var count = 0;
        for (var height = from + 1; height <= world.Chain.Height; height++)
        {
            var results = await world.Node.ResultAsync("block_results", new JsonObject { ["height"] = height.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            count += (results["txs_results"] as JsonArray ?? []).Where(tx => tx!["code"]!.GetValue<int>() == 0)
                .SelectMany(tx => tx!["events"]!.AsArray())
                .Where(one => one!["type"]!.GetValue<string>() == "message")
                .SelectMany(one => one!["attributes"]!.AsArray())
                .Count(attribute => attribute!["key"]!.GetValue<string>() == "action" && attribute["value"]!.GetValue<string>() == $"/akash.market.v1beta5.{message}");
        }

        return count;
    }
}
