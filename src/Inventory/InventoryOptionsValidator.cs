using System.Globalization;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

internal sealed class InventoryOptionsValidator : IValidateOptions<InventoryOptions>
{
    private const decimal MaxCpuOvercommit = 16;
    private const decimal MaxMemoryOvercommit = 4;
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, InventoryOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Keep.Cpu.Value < 0) errors.AddError($"must not be negative, was {options.Keep.Cpu}", "inventory.keep.cpu");
        if (options.Keep.Memory.Bytes < 0) errors.AddError($"must not be negative, was {options.Keep.Memory}", "inventory.keep.memory");
        if (options.Keep.Storage.Bytes < 0) errors.AddError($"must not be negative, was {options.Keep.Storage}", "inventory.keep.storage");
        CheckFactor(options.Overcommit.Cpu, MaxCpuOvercommit, "inventory.overcommit.cpu", errors);
        CheckFactor(options.Overcommit.Memory, MaxMemoryOvercommit, "inventory.overcommit.memory", errors);
        if (options.DataFolder.Length > 0 && !Path.IsPathRooted(options.DataFolder))
            errors.AddError($"must be an absolute path, was '{options.DataFolder}'", "inventory.data_folder");
        if (options.ProbeInterval < MinInterval || options.ProbeInterval > MaxInterval)
            errors.AddError($"must be {MinInterval} to {MaxInterval}, was {options.ProbeInterval}", "inventory.probe_interval");
        return errors.Build();
    }

    private static void CheckFactor(decimal factor, decimal max, string key, ValidateOptionsResultBuilder errors)
    {
        if (factor < 1 || factor > max)
            errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 1 to {max}, was {factor}"), key);
    }
}
