using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Hosting;

internal sealed class DevnetOptionsValidator : IValidateOptions<DevnetOptions>
{
    public ValidateOptionsResult Validate(string? name, DevnetOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Check(
            options.ChainId.Length is >= 1 and <= 50 && options.ChainId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'),
            "chain_id",
            "must be 1 to 50 letters, digits, dots and dashes");
        Check(
            IPEndPoint.TryParse(options.Listen, out _) && options.Listen.Contains(':', StringComparison.Ordinal),
            "listen",
            "must be an address and a port such as 127.0.0.1:26657");
        Check(
            options.GrpcListen.Length == 0 || (IPEndPoint.TryParse(options.GrpcListen, out _) && options.GrpcListen.Contains(':', StringComparison.Ordinal)),
            "grpc_listen",
            "must be empty, or an address and a port such as 127.0.0.1:9090");
        Check(
            options.BlockTime == TimeSpan.Zero || (options.BlockTime >= TimeSpan.FromMilliseconds(20) && options.BlockTime <= TimeSpan.FromHours(1)),
            "block_time",
            "must be 0 for blocks on demand, or between 20 ms and 1 h");
        Check(options.KeepBlocks is 0 or >= 2, "keep_blocks", "must be 0 for all, or at least 2");
        Check(
            options.MinGasPrice is >= 0 and <= 1000 && Decimal18.TryParse(options.MinGasPrice.ToString(CultureInfo.InvariantCulture), out _),
            "min_gas_price",
            "must be between 0 and 1000 with at most 18 fraction digits");
        Check(options.OrderMaxBids is >= 1 and <= 500, "order_max_bids", "must be between 1 and 500");
        Check(options.MinReclaimWindow > TimeSpan.Zero, "min_reclaim_window", "must be more than 0");
        Check(options.MaxReclaimWindow >= options.MinReclaimWindow, "max_reclaim_window", "must not be below min_reclaim_window");
        Check(options.AktUsd is >= 0 and <= 1_000_000, "akt_usd", "must be between 0 and 1000000");
        Check(options.EpochBlocks is >= 1 and <= 100_000, "epoch_blocks", "must be between 1 and 100000");
        Check(options.Changes.All(change => change.Height >= 2), "changes", "must have heights from 2 on");
        Check(options.Changes.DistinctBy(change => change.Height).Count() == options.Changes.Count, "changes", "must name each height once");
        Check(options.Changes.All(change => change.OrderMaxBids is null or (>= 1 and <= 500)), "changes", "must have order_max_bids between 1 and 500");
        Check(options.Changes.All(change => change.AktUsd is null or (>= 0 and <= 1_000_000)), "changes", "must have akt_usd between 0 and 1000000");
        foreach (var change in options.Changes) CheckCoins(change.BidMinDeposits ?? [], "changes.bid_min_deposits");
        CheckCoins(options.BidMinDeposits, "bid_min_deposits");
        CheckCoins(options.DeploymentMinDeposits, "deployment_min_deposits");
        CheckCoins(options.Balances, "balances");
        foreach (var party in options.FeeGrants.Keys.Concat(options.FeeGrants.Values))
        {
            Check(party is "provider" or "tenant" || ChainAddress.TryParse(party, out _), "fee_grants", "must name addresses of this chain, provider or tenant");
        }

        CheckAccounts(options, Check, CheckCoins);
        CheckLimits(options.Limits, Check);
        return errors.Build();

        void Check(bool isRight, string key, string message)
        {
            if (!isRight) errors.AddError(message, $"devnet.{key}");
        }

        void CheckCoins(List<Coin> coins, string key)
        {
            Check(coins.All(coin => coin.Amount > 0 && coin.Denom.Value.Length > 0), key, "must hold positive amounts such as 500000uakt");
            Check(coins.DistinctBy(coin => coin.Denom).Count() == coins.Count, key, "must name each coin once");
        }
    }

    private static void CheckAccounts(DevnetOptions options, Action<bool, string, string> check, Action<List<Coin>, string> checkCoins)
    {
        for (var i = 0; i < options.Accounts.Count; i++)
        {
            var account = options.Accounts[i];
            check(
                account.Address.Length == 0 || ChainAddress.TryParse(account.Address, out _),
                $"accounts[{i}].address",
                "must be an address of this chain, or empty for a new key");
            check(
                account.Address.Length > 0 || (account.Name.Length is > 0 and <= 50 && account.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')),
                $"accounts[{i}].name",
                "must be 1 to 50 letters, digits, dashes and underscores when no address is given");
            check(account.Name is not ("provider" or "tenant"), $"accounts[{i}].name", "provider and tenant exist anyway");
            check(account.Number >= -1, $"accounts[{i}].number", "must be -1 for the next free one, or a number");
            check(account.Sequence >= 0, $"accounts[{i}].sequence", "must not be negative");
            checkCoins(account.Coins, $"accounts[{i}].coins");
        }

        for (var i = 0; i < options.Audits.Count; i++)
        {
            check(ChainAddress.TryParse(options.Audits[i].Auditor, out _), $"audits[{i}].auditor", "must be an address of this chain");
            check(
                options.Audits[i].Provider.Length == 0 || ChainAddress.TryParse(options.Audits[i].Provider, out _),
                $"audits[{i}].provider",
                "must be an address of this chain, or empty for this chain's own provider");
        }
    }

    private static void CheckLimits(DevnetLimitOptions limits, Action<bool, string, string> check)
    {
        check(limits.MaxBody.Bytes is >= 10_000 and <= 100_000_000, "limits.max_body", "must be between 10 kB and 100 MB");
        check(limits.MaxAnswer.Bytes is >= 100_000 and <= int.MaxValue, "limits.max_answer", "must be between 100 kB and 2 GB");
        check(limits.MaxConnections is >= 2 and <= 100_000, "limits.max_connections", "must be between 2 and 100000");
        check(limits.MaxSubscriptionClients >= 1, "limits.max_subscription_clients", "must be at least 1");
        check(limits.MaxSubscriptionsPerClient >= 1, "limits.max_subscriptions_per_client", "must be at least 1");
        check(limits.MaxTx.Bytes is >= 1_000 and <= 16 * ByteSize.MiB, "limits.max_tx", "must be between 1 kB and 16 MiB");
        check(limits.MaxMempoolTxs >= 1, "limits.max_mempool_txs", "must be at least 1");
        check(limits.CommitTimeout > TimeSpan.Zero, "limits.commit_timeout", "must be more than 0");
    }
}
