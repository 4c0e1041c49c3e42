using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Finds every mistake in <c>pricing.rules</c>.</summary>
internal static class PriceRuleCheck
{
    private const int MaxRules = 200;

    public static void Check(IReadOnlyList<PriceRuleOptions> rules, ValidateOptionsResultBuilder errors)
    {
        if (rules.Count > MaxRules) errors.AddError($"at most {MaxRules} rules are possible, there are {rules.Count}", "pricing.rules");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, key) = (rules[i], $"pricing.rules[{i}]");
            if (rule.Name.Length is 0 or > 64) errors.AddError("must be 1 to 64 characters, it is shown in decisions", $"{key}.name");
            else if (!names.Add(rule.Name)) errors.AddError($"'{rule.Name}' is the name of another rule", $"{key}.name");
            if (rule is { Multiply: null, Add: null, Set: null, Refuse: null }) errors.AddError("does nothing: give it multiply, add, set or refuse", key);
            if (rule.Multiply is < 0.0001m or > 10_000m) errors.AddError($"must be 0.0001 to 10000, was {Text(rule.Multiply)}", $"{key}.multiply");
            if (rule.Add is < -1_000_000m or > 1_000_000m) errors.AddError($"must be -1000000 to 1000000, was {Text(rule.Add)}", $"{key}.add");
            if (rule.Set is <= 0 or > 1_000_000_000m) errors.AddError($"must be above 0 and at most 1000000000, was {Text(rule.Set)}", $"{key}.set");
            if (rule.Refuse is { Length: 0 or > 200 }) errors.AddError("must say why in at most 200 characters", $"{key}.refuse");
            CheckCondition(rule.When, $"{key}.when", errors);
        }
    }

    private static void CheckCondition(PriceConditionOptions when, string key, ValidateOptionsResultBuilder errors)
    {
        if (DayTimes.Read(when.Hours, when.Days, when.TimeZone, out var problem) is null) errors.AddError(problem.Message, $"{key}.{problem.Key}");
        foreach (var owner in when.Owners.Where(owner => !AccountAddress.TryParse(owner, out _))) errors.AddError($"'{owner}' is not an account address", $"{key}.owners");
        if (when.Denom is { } denom && !Denom.TryParse(denom, out _)) errors.AddError($"'{denom}' is not a coin such as uact", $"{key}.denom");
        if (when.PriceBelow is <= 0) errors.AddError("must be above 0", $"{key}.price_below");
        foreach (var (name, bounds) in new[] { ("used_from", when.UsedFrom), ("used_below", when.UsedBelow) })
        {
            foreach (var (resource, part) in bounds)
            {
                if (!PriceRule.TryReadKind(resource, out _)) errors.AddError("must be one of cpu, memory, storage, gpu, any", $"{key}.{name}.{resource}");
                if (part is < 0 or > 1) errors.AddError($"must be 0 to 1, was {Text(part)}", $"{key}.{name}.{resource}");
            }
        }
    }

    private static string Text(decimal? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
