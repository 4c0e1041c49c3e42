using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain;

/// <summary>Finds every mistake in <see cref="ChainOptions"/> at once.</summary>
internal sealed class ChainOptionsValidator : IValidateOptions<ChainOptions>
{
    private const int MaxEndpoints = 16;
    private const int MaxNetworkLength = 50;
    private const int MaxMemoLength = 256;
    private const long MaxPathNumber = int.MaxValue;

    public ValidateOptionsResult Validate(string? name, ChainOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Network.Length > MaxNetworkLength || options.Network.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            errors.AddError($"must be a chain id such as akashnet-2, was '{options.Network}'", "chain.network");
        }

        Endpoints(errors, options.Endpoints);
        Gas(errors, options.Gas);
        Within(errors, "chain.failures.limit", options.Failures.Limit, 2, 1000);
        Within(errors, "chain.failures.pause", options.Failures.Pause, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        Key(errors, options.Key);
        Within(errors, "chain.confirm_on", options.ConfirmOn, 1, 3);
        Within(errors, "chain.query_timeout", options.QueryTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Within(errors, "chain.transaction_timeout", options.TransactionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Within(errors, "chain.timeout_blocks", options.TimeoutBlocks, 5, 600);
        Within(errors, "chain.poll_interval", options.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));
        Within(errors, "chain.stall_after", options.StallAfter, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));
        Within(errors, "chain.max_response", options.MaxResponse, new ByteSize(ByteSize.MiB), new ByteSize(512 * ByteSize.MiB));
        Within(errors, "chain.max_replay_blocks", options.MaxReplayBlocks, 10, 1_000_000);
        if (options.Memo.Length > MaxMemoLength || options.Memo.Any(char.IsControl)) errors.AddError($"must have at most {MaxMemoLength} characters, none of them a control character", "chain.memo");
        Within(errors, "chain.max_batch", options.MaxBatch, 1, 100);
        Within(errors, "chain.max_in_flight", options.MaxInFlight, 1, 16);
        return errors.Build();
    }

    private static void Endpoints(ValidateOptionsResultBuilder errors, List<ChainEndpointOptions> endpoints)
    {
        if (endpoints.Count is 0 or > MaxEndpoints) errors.AddError($"must name 1 to {MaxEndpoints} endpoints, has {endpoints.Count}", "chain.endpoints");
        for (var i = 0; i < endpoints.Count; i++)
        {
            var key = $"chain.endpoints[{i}].rpc";
            if (endpoints[i].Rpc is not { } rpc) errors.AddError("is missing", key);
            else if (!rpc.IsAbsoluteUri || rpc.Scheme is not ("http" or "https")) errors.AddError($"must be an http or https address, was '{rpc}'", key);
            else if (rpc.UserInfo.Length > 0) errors.AddError("must not hold a user name or password", key);

            key = $"chain.endpoints[{i}].grpc";
            if (endpoints[i].Grpc is not { } grpc) continue;
            if (!grpc.IsAbsoluteUri || grpc.Scheme is not ("http" or "https")) errors.AddError($"must be an http or https address, was '{grpc}'", key);
            else if (grpc.UserInfo.Length > 0 || grpc.AbsolutePath != "/") errors.AddError("must hold nothing but host and port", key);
        }

        var twice = endpoints.Where(endpoint => endpoint.Rpc is not null).GroupBy(endpoint => endpoint.Rpc).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) errors.AddError($"names {twice.Key} twice", "chain.endpoints");
    }

    private static void Gas(ValidateOptionsResultBuilder errors, ChainGasOptions gas)
    {
        var hasPrice = GasPrice.TryParse(gas.Price, out var price);
        var hasLimit = GasPrice.TryParse(gas.MaxPrice, out var limit);
        if (!hasPrice) errors.AddError($"must be an amount with its coin such as 0.025uakt, was '{gas.Price}'", "chain.gas.price");
        if (!hasLimit) errors.AddError($"must be an amount with its coin such as 0.1uakt, was '{gas.MaxPrice}'", "chain.gas.max_price");
        if (hasPrice && hasLimit && (price.Denom != limit.Denom || price.Amount > limit.Amount))
        {
            errors.AddError($"must be in the coin of chain.gas.price and not below it, was {limit} with a price of {price}", "chain.gas.max_price");
        }

        if (hasLimit && limit.Amount * gas.Ceiling > Decimal18.FromInteger(long.MaxValue))
        {
            errors.AddError($"with a gas limit of {gas.Ceiling} allows fees beyond any account, was {limit}", "chain.gas.max_price");
        }

        if (gas.FeeGranter.Length > 0 && !Keys.ChainAddress.TryParse(gas.FeeGranter, out _))
        {
            errors.AddError($"must be an account of this chain, was '{gas.FeeGranter}'", "chain.gas.fee_granter");
        }

        Within(errors, "chain.gas.adjustment", gas.Adjustment, 1m, 5m);
        Within(errors, "chain.gas.ceiling", gas.Ceiling, 100_000L, 1_000_000_000L);
    }

    private static void Key(ValidateOptionsResultBuilder errors, ChainKeyOptions key)
    {
        string[] places = [key.File, key.Credential, key.Socket];
        if (places.Count(place => place.Length > 0) != 1) errors.AddError("exactly one of chain.key.file, chain.key.credential and chain.key.socket must be set", "chain.key");
        if (key.PasswordFile.Length > 0 && key.PasswordCredential.Length > 0) errors.AddError("cannot be used together with chain.key.password_file", "chain.key.password_credential");
        if (key.Socket.Length > 0 && (key.PasswordFile.Length > 0 || key.PasswordCredential.Length > 0 || key.Account != 0 || key.Index != 0))
        {
            errors.AddError("has its key elsewhere: password, account and index are given to 'provider-agent keys serve'", "chain.key.socket");
        }

        if (key.PassphraseFile.Length > 0 && key.File.Length == 0) errors.AddError("can only be used with chain.key.file", "chain.key.passphrase_file");
        Within(errors, "chain.key.account", key.Account, 0L, MaxPathNumber);
        Within(errors, "chain.key.index", key.Index, 0L, MaxPathNumber);
    }

    private static void Within<T>(ValidateOptionsResultBuilder errors, string key, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.AddError($"must be from {min} to {max}, was {value}", key);
    }
}
