from conducktor.cli import main

main()
