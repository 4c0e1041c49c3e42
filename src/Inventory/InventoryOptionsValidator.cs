using System.Globalization;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

internal sealed class InventoryOptionsValidator : IValidateOptions<InventoryOptions>
{
    private const decimal MaxCpuOvercommit = 16;
    private const decimal MaxMemoryOvercommit = 4;
    private static readonly string[] PersistentClasses = ["default", "beta1", "beta2", "beta3"];
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxGpuInterval = TimeSpan.FromMinutes(1);
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
        foreach (var storage in options.StorageClasses.Persistent)
        {
            if (!PersistentClasses.Contains(storage)) errors.AddError($"must be some of {string.Join(", ", PersistentClasses)}, was '{storage}'", "inventory.storage_classes.persistent");
        }

        CheckGpu(options.Gpu, errors);
        CheckKeep(options.Keep, errors);
        return errors.Build();
    }

    private static void CheckGpu(GpuOptions gpu, ValidateOptionsResultBuilder errors)
    {
        if (gpu.ProbeInterval < MinInterval || gpu.ProbeInterval > MaxGpuInterval)
            errors.AddError($"must be {MinInterval} to {MaxGpuInterval}, was {gpu.ProbeInterval}", "inventory.gpu.probe_interval");
        foreach (var (product, name) in gpu.Aliases)
        {
            if (name.Length is 0 or > 64 || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)))
                errors.AddError($"must be a market name of lower-case letters and digits such as rtx5090, was '{name}'", $"inventory.gpu.aliases.{product}");
        }
    }

    private static void CheckKeep(KeepOptions keep, ValidateOptionsResultBuilder errors)
    {
        CheckKept(keep.Gpus, "inventory.keep.gpus", errors);
        for (var i = 0; i < keep.Schedule.Count; i++)
        {
            var (window, key) = (keep.Schedule[i], string.Create(CultureInfo.InvariantCulture, $"inventory.keep.schedule[{i}]"));
            if (!KeepPlan.TryTime(window.From, out _)) errors.AddError($"must be a time such as 18:00, was '{window.From}'", $"{key}.from");
            if (!KeepPlan.TryTime(window.Until, out _)) errors.AddError($"must be a time such as 23:30, was '{window.Until}'", $"{key}.until");
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.Zone, out _)) errors.AddError($"must be a time zone of this machine such as Europe/Berlin, was '{window.Zone}'", $"{key}.zone");
            foreach (var day in window.Days.Where(day => !KeepPlan.DayNames.Contains(day, StringComparer.OrdinalIgnoreCase)))
                errors.AddError($"must be of {string.Join(", ", KeepPlan.DayNames)}, was '{day}'", $"{key}.days");
            if (window.Memory.Bytes < 0) errors.AddError($"must not be negative, was {window.Memory}", $"{key}.memory");
            CheckKept(window.Gpus, $"{key}.gpus", errors);
        }
    }

    private static void CheckKept(List<string> entries, string key, ValidateOptionsResultBuilder errors)
    {
        foreach (var entry in entries)
        {
            var part = entry.Split('=');
            if (part.Length > 2 || part[0].Length == 0 || (part.Length == 2 && !(int.TryParse(part[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 128)))
                errors.AddError($"must be a UUID, a PCI address, a model, or a model with a number such as rtx4090=1; was '{entry}'", key);
        }
    }

    private static void CheckFactor(decimal factor, decimal max, string key, ValidateOptionsResultBuilder errors)
    {
        if (factor < 1 || factor > max)
            errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 1 to {max}, was {factor}"), key);
    }
}
