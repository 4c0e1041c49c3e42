using System.Globalization;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

internal sealed class PricingOptionsValidator : IValidateOptions<PricingOptions>
{
    private const decimal MaxPrice = 1_000_000_000m;
    private const decimal MaxPerKwh = 10m;
    private static readonly TimeSpan MaxHookTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinHookTimeout = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, PricingOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Policy)) errors.AddError("must be rates, scale, random, script or http", "pricing.policy");
        if (options.Currency != "usd") errors.AddError($"must be usd, was '{options.Currency}'", "pricing.currency");
        CheckRates(options.Rates, errors);
        CheckScale(options.Scale, errors);
        CheckHooks(options, errors);
        PriceRuleCheck.Check(options.Rules, errors);
        CheckEnergy(options.Energy, errors);
        CheckFloor(options.Floor, errors);
        if (options.GpuGuard.CpuPerGpu.Value <= 0) errors.AddError("must be above 0", "pricing.gpu_guard.cpu_per_gpu");
        if (options.GpuGuard.MemoryPerGpu.Bytes <= 0) errors.AddError("must be above 0", "pricing.gpu_guard.memory_per_gpu");
        CheckFollow(options, errors);
        CoinPriceCheck.Check(options.CoinPrice, errors);
        foreach (var coin in options.DollarCoins.Where(coin => !Denom.TryParse(coin, out _))) errors.AddError($"'{coin}' is not a coin", "pricing.dollar_coins");
        return errors.Build();
    }

    private static void CheckRates(RatesOptions rates, ValidateOptionsResultBuilder errors)
    {
        CheckPrice(rates.Cpu, "pricing.rates.cpu", errors);
        CheckPrice(rates.Memory, "pricing.rates.memory", errors);
        CheckPrice(rates.Endpoint, "pricing.rates.endpoint", errors);
        CheckPrice(rates.Ip, "pricing.rates.ip", errors);
        CheckPrice(rates.OtherStorage ?? 0, "pricing.rates.other_storage", errors);
        CheckPrice(rates.OtherGpu ?? 0, "pricing.rates.other_gpu", errors);
        foreach (var (storageClass, price) in rates.Storage) CheckPrice(price, $"pricing.rates.storage.{storageClass}", errors);
        foreach (var (key, price) in rates.Gpu) CheckPrice(price, $"pricing.rates.gpu.{key}", errors);
        CheckGpuKeys(rates.Gpu.Keys, "pricing.rates.gpu", errors);
        if (rates.Digits is < 0 or > Decimal18.Digits) errors.AddError($"must be 0 to {Decimal18.Digits}, was {rates.Digits}", "pricing.rates.digits");
        if (rates.Cpu == 0 && rates.Memory == 0 && rates.Endpoint == 0 && rates.Ip == 0 && rates.Storage.Values.All(IsZero) && rates.Gpu.Values.All(IsZero))
            errors.AddError("must not all be 0: the market takes no bid for nothing", "pricing.rates");
    }

    private static void CheckGpuKeys(IEnumerable<string> keys, string path, ValidateOptionsResultBuilder errors)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (!GpuKey.IsKey(key)) errors.AddError("must be a model with optional memory and interface, for example h100.80Gi.sxm, or *", $"{path}.{key}");
            else if (!seen.TryAdd(GpuKey.Normalise(key, out _), key)) errors.AddError($"means the same as {seen[GpuKey.Normalise(key, out _)]}", $"{path}.{key}");
        }
    }

    private static void CheckFollow(PricingOptions options, ValidateOptionsResultBuilder errors)
    {
        var follow = options.Follow;
        if (follow.Enabled && options.Policy is not (PricingPolicyKind.Rates or PricingPolicyKind.Scale))
            errors.AddError($"works with the policies rates and scale: what a {options.Policy.ToString().ToLowerInvariant()} policy would ask for past orders is not known", "pricing.follow.enabled");
        if (follow.Undercut is < 0 or > 0.5m) errors.AddError($"must be 0 to 0.5, was {follow.Undercut.ToString(CultureInfo.InvariantCulture)}", "pricing.follow.undercut");
        if (follow.Min is <= 0 or > 1) errors.AddError($"must be above 0 and at most 1, was {follow.Min.ToString(CultureInfo.InvariantCulture)}", "pricing.follow.min");
        if (follow.Max is < 1 or > 10) errors.AddError($"must be 1 to 10, was {follow.Max.ToString(CultureInfo.InvariantCulture)}", "pricing.follow.max");
        if (follow.Window < TimeSpan.FromHours(1) || follow.Window > TimeSpan.FromDays(90)) errors.AddError($"must be 1h to 90d, was {follow.Window}", "pricing.follow.window");
        if (follow.Samples is < 1 or > WinnersKeeper.MostOfAKind) errors.AddError($"must be 1 to {WinnersKeeper.MostOfAKind}, was {follow.Samples}", "pricing.follow.samples");
    }

    private static void CheckScale(ScaleOptions scale, ValidateOptionsResultBuilder errors)
    {
        CheckPrice(scale.Cpu, "pricing.scale.cpu", errors);
        CheckPrice(scale.Memory, "pricing.scale.memory", errors);
        CheckPrice(scale.Endpoint, "pricing.scale.endpoint", errors);
        CheckPrice(scale.Ip, "pricing.scale.ip", errors);
        foreach (var (storageClass, price) in scale.Storage) CheckPrice(price, $"pricing.scale.storage.{storageClass}", errors);

        // As the reference provider: storage counts as nothing when any class of it does.
        if (scale.Cpu == 0 && scale.Memory == 0 && scale.Endpoint == 0 && scale.Ip == 0 && (scale.Storage.Count == 0 || scale.Storage.Values.Any(IsZero)))
            errors.AddError("must not all be 0: the market takes no bid for nothing", "pricing.scale");
    }

    private static void CheckHooks(PricingOptions options, ValidateOptionsResultBuilder errors)
    {
        var (script, http) = (options.Script, options.Http);
        if (options.Policy == PricingPolicyKind.Script || script.Path.Length > 0) CheckScript(script.Path, errors);
        CheckTimeout(script.Timeout, "pricing.script.timeout", errors);
        CheckTimeout(http.Timeout, "pricing.http.timeout", errors);
        if (script.Processes is < 1 or > 128) errors.AddError($"must be 1 to 128, was {script.Processes}", "pricing.script.processes");
        if (http.Connections is < 1 or > 128) errors.AddError($"must be 1 to 128, was {http.Connections}", "pricing.http.connections");
        if (http.Url is { } url && !SmallBody.IsAllowed(url)) errors.AddError("must be https, or http on this machine: whoever is on the way could set our prices", "pricing.http.url");
        if (http.Url is null && options.Policy == PricingPolicyKind.Http) errors.AddError("is missing: the address of the service that makes prices", "pricing.http.url");
        if (http.TokenFile.Length > 0 && !File.Exists(http.TokenFile)) errors.AddError($"'{http.TokenFile}' does not exist", "pricing.http.token_file");
    }

    private static void CheckScript(string path, ValidateOptionsResultBuilder errors)
    {
        const UnixFileMode mayRun = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!Path.IsPathRooted(path)) errors.AddError("must be the absolute path of the price script", "pricing.script.path");
        else if (!File.Exists(path)) errors.AddError($"'{path}' does not exist", "pricing.script.path");
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & mayRun) == 0) errors.AddError($"'{path}' cannot be run: chmod +x it", "pricing.script.path");
    }

    private static void CheckTimeout(TimeSpan timeout, string key, ValidateOptionsResultBuilder errors)
    {
        if (timeout < MinHookTimeout || timeout > MaxHookTimeout) errors.AddError($"must be {MinHookTimeout} to {MaxHookTimeout}, was {timeout}", key);
    }

    private static void CheckEnergy(EnergyOptions energy, ValidateOptionsResultBuilder errors)
    {
        CheckRange(energy.PricePerKwh, 0, MaxPerKwh, "pricing.energy.price_per_kwh", errors);
        CheckRange(energy.WattsPerThread, 0, 1000, "pricing.energy.watts_per_thread", errors);
        CheckRange(energy.WattsPerGib, 0, 100, "pricing.energy.watts_per_gib", errors);
        CheckRange(energy.Load, 0, 1, "pricing.energy.load", errors);
        foreach (var (key, watts) in energy.WattsPerGpu) CheckRange(watts, 0, 10_000, $"pricing.energy.watts_per_gpu.{key}", errors);
        CheckGpuKeys(energy.WattsPerGpu.Keys, "pricing.energy.watts_per_gpu", errors);
        for (var i = 0; i < energy.Schedule.Count; i++)
        {
            var entry = energy.Schedule[i];
            CheckRange(entry.PricePerKwh, 0, MaxPerKwh, $"pricing.energy.schedule[{i}].price_per_kwh", errors);
            if (DayTimes.Read(entry.Hours, entry.Days, "UTC", out var problem) is null) errors.AddError(problem.Message, $"pricing.energy.schedule[{i}].{problem.Key}");
        }
    }

    private static void CheckFloor(FloorOptions floor, ValidateOptionsResultBuilder errors)
    {
        if (!Enum.IsDefined(floor.Mode)) errors.AddError("must be raise, decline or off", "pricing.floor.mode");
        if (floor.ExpectedLease < TimeSpan.FromMinutes(1) || floor.ExpectedLease > TimeSpan.FromDays(3660)) errors.AddError($"must be 1m to 3660d, was {floor.ExpectedLease}", "pricing.floor.expected_lease");
        CheckRange(floor.WinShare, 0.001m, 1, "pricing.floor.win_share", errors);
        if (floor.BidFee.Amount < 0) errors.AddError($"must not be negative, was {floor.BidFee}", "pricing.floor.bid_fee");
        if (floor.LeaseFees.Amount < 0) errors.AddError($"must not be negative, was {floor.LeaseFees}", "pricing.floor.lease_fees");
        CheckRange(floor.DepositCostPerYear, 0, 10, "pricing.floor.deposit_cost_per_year", errors);
        CheckRange(floor.AktUsd, 0.000001m, 1_000_000, "pricing.floor.akt_usd", errors);
        CheckRange(floor.Margin, 0, 100, "pricing.floor.margin", errors);
    }

    private static bool IsZero(decimal price) => price == 0;

    private static void CheckRange(decimal value, decimal min, decimal max, string key, ValidateOptionsResultBuilder errors)
    {
        if (value < min || value > max) errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be {min} to {max}, was {value}"), key);
    }

    private static void CheckPrice(decimal price, string key, ValidateOptionsResultBuilder errors)
    {
        if (price is < 0 or > MaxPrice || decimal.Round(price, Decimal18.Digits) != price)
            errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 0 to {MaxPrice} with at most {Decimal18.Digits} decimals, was {price}"), key);
    }
}
