using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ProviderAgent.Inventory.Tests.Gpus;

/// <summary>Puts the fake libraries in place of the driver's within this process. Tests of the collection run one after the other: there is one machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NvmlCollection
{
    public const string Name = "nvml";
}

internal static partial class FakeNvml
{
    [ModuleInitializer]
    internal static void Install() => NativeLibrary.SetDllImportResolver(typeof(GpuProbeProgram).Assembly, Resolve);

    /// <summary>From now on the library shows this machine.</summary>
    public static GpuMachine Use(TempFolder folder)
    {
        var machine = new GpuMachine(folder.File("gpus.conf"));
        var use = NativeLibrary.GetExport(Load(NvmlNative.Library), "fake_nvml_use");
        var text = Marshal.StringToCoTaskMemUTF8(machine.File);
        try
        {
            unsafe
            {
                ((delegate* unmanaged<nint, void>)use)(text);
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }

        return machine;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == NvmlNative.Library || name == CudaNative.Library ? Load(name) : 0;

    private static nint Load(string name) => NativeLibrary.Load(Path.Combine(GpuFakes.Folder, name));
}
