using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace BackupModule.Loader;

/// <summary>Keeps the module and its packages out of the caller's default load context.</summary>
/// <remarks>A loaded context stays for the life of the process, so a new build of the module needs a new process.</remarks>
public sealed class LoadContext : AssemblyLoadContext
{
    private static readonly string s_folder = Path.GetDirectoryName(typeof(LoadContext).Assembly.Location)!;

    private static readonly Lazy<LoadContext> s_context = new(() => new LoadContext());

    private readonly AssemblyDependencyResolver _resolver = new(Path.Combine(s_folder, "BackupModule.dll"));

    private LoadContext()
        : base("BackupModule", isCollectible: false)
    {
    }

    /// <summary>The cmdlets, and the engine: importing it as well lets scripts name its types.</summary>
    public static IReadOnlyList<Assembly> ModuleAssemblies => [Named("BackupModule"), Named("BackupModule.Core")];

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // One copy of this assembly must serve both contexts.
        if (assemblyName.Name == typeof(LoadContext).Assembly.GetName().Name)
        {
            return typeof(LoadContext).Assembly;
        }

        string? path = _resolver.ResolveAssemblyToPath(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    // The native halves of SQLite and libsodium are not on the system's search path.
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private static Assembly Named(string name) => s_context.Value.LoadFromAssemblyName(new AssemblyName(name));
}
